import { describe, expect, it } from 'vitest';
import { clientSnippets } from './clients.js';

const URL = 'http://127.0.0.1:3000/mcp';

function snippet(client: string, url = URL) {
  const found = clientSnippets(url).find((each) => each.client === client);
  if (!found) throw new Error(`No snippet for ${client}.`);
  return found;
}

describe('clientSnippets', () => {
  it('knows the common clients', () => {
    expect(clientSnippets(URL).map(({ client }) => client)).toEqual([
      'Claude Code',
      'Claude Desktop',
      'Cursor',
      'VS Code',
      'Codex CLI',
      'Gemini CLI',
      'MCP Inspector',
      'ChatGPT',
    ]);
  });

  it('has the address in every snippet, as it was given', () => {
    for (const { snippet: text } of clientSnippets(URL)) expect(text).toContain(URL);
  });

  it('writes commands that can be pasted', () => {
    expect(snippet('Claude Code').snippet).toBe(
      'claude mcp add --transport http finance http://127.0.0.1:3000/mcp',
    );
    expect(snippet('MCP Inspector').snippet).toBe(
      'npx -y @modelcontextprotocol/inspector --server-url http://127.0.0.1:3000/mcp --transport http',
    );
    expect(snippet('Codex CLI').snippet).toBe(
      '[mcp_servers.finance]\nurl = "http://127.0.0.1:3000/mcp"',
    );
  });

  it('writes JSON with the key that each client reads', () => {
    expect(JSON.parse(snippet('Cursor').snippet)).toEqual({
      mcpServers: { finance: { url: URL } },
    });
    expect(JSON.parse(snippet('VS Code').snippet)).toEqual({
      servers: { finance: { type: 'http', url: URL } },
    });
    expect(JSON.parse(snippet('Gemini CLI').snippet)).toEqual({
      mcpServers: { finance: { httpUrl: URL } },
    });
    expect(JSON.parse(snippet('Claude Desktop').snippet)).toEqual({
      mcpServers: { finance: { command: 'npx', args: ['-y', 'mcp-remote', URL] } },
    });
  });

  it('says what cannot reach this computer, and stops saying so for a public address', () => {
    expect(snippet('ChatGPT').note).toContain('public HTTPS');
    expect(snippet('ChatGPT', 'https://finance.example.com/mcp').note).toBeUndefined();
    expect(snippet('Claude Desktop', 'https://finance.example.com/mcp').snippet).toBe(
      'https://finance.example.com/mcp',
    );
  });
});
