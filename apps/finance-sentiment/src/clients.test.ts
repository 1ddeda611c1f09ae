import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { clientSnippets } from './clients.js';

const HERE = 'http://127.0.0.1:3000/mcp';

function snippet(client: string, url = HERE, nickname?: string) {
  const found = clientSnippets(url, nickname).find((each) => each.client === client);
  if (!found) throw new Error(`No snippet for ${client}.`);
  return found;
}

describe('clientSnippets', () => {
  it('knows the common clients, and who of them calls from elsewhere', () => {
    expect(clientSnippets(HERE).map(({ client, calls }) => `${client}: ${calls}`)).toEqual([
      'Claude Code: here',
      'Claude Desktop: here',
      'Cursor: here',
      'VS Code: here',
      'Windsurf: here',
      'Codex CLI: here',
      'Gemini CLI: here',
      'MCP Inspector: here',
      'Claude, on the web and on the desktop: from the internet',
      'ChatGPT: from the internet',
    ]);
  });

  it('writes commands that can be pasted', () => {
    expect(snippet('Claude Code').snippet).toBe(
      'claude mcp add --transport http finance http://127.0.0.1:3000/mcp',
    );
    expect(snippet('MCP Inspector').snippet).toBe(
      'npx -y @modelcontextprotocol/inspector --server-url http://127.0.0.1:3000/mcp --transport http',
    );
  });

  it.each([
    ['http://[::1]:3000/mcp', "'http://[::1]:3000/mcp'"],
    ['https://a$(id)`id`;b/mcp', "'https://a$(id)`id`;b/mcp'"],
    ["https://it's.example/mcp", String.raw`'https://it'\''s.example/mcp'`],
  ])('quotes what a shell would read: %s', (url, quoted) => {
    const command = snippet('Claude Code', url).snippet;
    expect(command).toBe(`claude mcp add --transport http finance ${quoted}`);
    // As a shell takes it apart.
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' });
    expect(words.trimEnd().split('\n').at(-1)).toBe(url);
  });

  it('writes TOML', () => {
    expect(snippet('Codex CLI').snippet).toBe(
      '[mcp_servers.finance]\nurl = "http://127.0.0.1:3000/mcp"',
    );
    expect(snippet('Codex CLI', 'https://a"b.example/mcp').snippet).toBe(
      '[mcp_servers.finance]\nurl = "https://a\\"b.example/mcp"',
    );
  });

  it('writes JSON with the key that each client reads', () => {
    expect(JSON.parse(snippet('Cursor').snippet)).toEqual({
      mcpServers: { finance: { url: HERE } },
    });
    expect(JSON.parse(snippet('VS Code').snippet)).toEqual({
      servers: { finance: { type: 'http', url: HERE } },
    });
    expect(JSON.parse(snippet('Windsurf').snippet)).toEqual({
      mcpServers: { finance: { serverUrl: HERE } },
    });
    expect(JSON.parse(snippet('Gemini CLI').snippet)).toEqual({
      mcpServers: { finance: { httpUrl: HERE } },
    });
    expect(JSON.parse(snippet('Claude Desktop').snippet)).toEqual({
      mcpServers: { finance: { command: 'npx', args: ['-y', 'mcp-remote', HERE] } },
    });
  });

  it.each([
    ['http://localhost:3000/mcp', []],
    ['https://finance.example.com/mcp', []],
    ['http://[::1]:3000/mcp', ['--allow-http']],
  ])('tells mcp-remote to take plain HTTP where it would not: %s', (url, more) => {
    const { mcpServers } = JSON.parse(snippet('Claude Desktop', url).snippet);
    expect(mcpServers.finance.args).toEqual(['-y', 'mcp-remote', url, ...more]);
  });

  it('calls a server what every client can call it', () => {
    const [command, bridge, , , , toml] = clientSnippets(HERE, '~my.server');
    expect(command?.snippet).toContain(' my-server ');
    expect(bridge?.snippet).toContain('"my-server"');
    expect(toml?.snippet).toMatch(/^\[mcp_servers\.my-server\]/);
    expect(toml?.note).toBe('Then run: codex mcp login my-server');
  });

  it.each([
    ['https://finance.example.com/mcp', undefined],
    [
      'https://finance.example.com:8443/mcp',
      'Not with this address: it needs a public one, HTTPS on port 443.',
    ],
    [HERE, 'Not with this address: it needs a public one, HTTPS on port 443.'],
  ])('says who cannot reach %s', (url, note) => {
    const internet = clientSnippets(url).filter(({ calls }) => calls === 'from the internet');
    expect(internet.map((each) => each.note)).toEqual([note, note]);
  });
});
