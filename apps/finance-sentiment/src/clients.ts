import { about } from './about.js';

/** How one MCP client is pointed at this server. */
export interface ClientSnippet {
  readonly client: string;
  /** Who opens the connection: a program on the person's computer, or the maker's servers, which reach public addresses alone. */
  readonly calls: 'here' | 'from the internet';
  /** Where the snippet goes: a shell, a file, a menu. */
  readonly where: string;
  readonly snippet: string;
  /** What people trip over, and what comes next. */
  readonly note?: string;
}

/**
 * What to copy into the common MCP clients. The one place for it: the terminal, the web page and the documentation all read this.
 *
 * @param url - The MCP URL as clients reach it.
 * @param nickname - The name that the server goes by in a client's list.
 */
export function clientSnippets(url: string, nickname: string = about.nickname): ClientSnippet[] {
  // Claude Code takes no other characters, and what begins with a dash is an option.
  const name = nickname.replace(/[^\w-]/g, '-').replace(/^-+/, '');
  const unreachable = isForTheInternet(url)
    ? {}
    : { note: 'Not with this address: it needs a public one, HTTPS on port 443.' };
  return [
    {
      client: 'Claude Code',
      calls: 'here',
      where: 'shell',
      snippet: shell('claude', 'mcp', 'add', '--transport', 'http', name, url),
      note: 'Then type /mcp in a session and sign in.',
    },
    {
      client: 'Claude Desktop',
      calls: 'here',
      where: 'claude_desktop_config.json',
      snippet: json({
        mcpServers: { [name]: { command: 'npx', args: ['-y', 'mcp-remote', ...bridged(url)] } },
      }),
      note: 'By mcp-remote, a bridge that runs on this computer. Then start Claude anew.',
    },
    {
      client: 'Cursor',
      calls: 'here',
      where: '.cursor/mcp.json',
      snippet: json({ mcpServers: { [name]: { url } } }),
    },
    {
      client: 'VS Code',
      calls: 'here',
      where: '.vscode/mcp.json',
      snippet: json({ servers: { [name]: { type: 'http', url } } }),
      note: 'The top key is "servers" here.',
    },
    {
      client: 'Windsurf',
      calls: 'here',
      where: '~/.codeium/windsurf/mcp_config.json',
      snippet: json({ mcpServers: { [name]: { serverUrl: url } } }),
      note: 'The key is "serverUrl" here.',
    },
    {
      client: 'Codex CLI',
      calls: 'here',
      where: '~/.codex/config.toml',
      // What JSON writes as a string is one in TOML.
      snippet: `[mcp_servers.${name}]\nurl = ${JSON.stringify(url)}`,
      note: `Then run: codex mcp login ${name}`,
    },
    {
      client: 'Gemini CLI',
      calls: 'here',
      where: '~/.gemini/settings.json',
      snippet: json({ mcpServers: { [name]: { httpUrl: url } } }),
      note: `The key is "httpUrl" here. Then type /mcp auth ${name} in a session.`,
    },
    {
      client: 'MCP Inspector',
      calls: 'here',
      where: 'shell',
      snippet: shell(
        ...['npx', '-y', '@modelcontextprotocol/inspector'],
        ...['--server-url', url, '--transport', 'http'],
      ),
    },
    {
      client: 'Claude, on the web and on the desktop',
      calls: 'from the internet',
      where: 'Settings > Connectors > Add custom connector',
      snippet: url,
      ...unreachable,
    },
    {
      client: 'ChatGPT',
      calls: 'from the internet',
      where: 'Settings > Connectors, in developer mode',
      snippet: url,
      ...unreachable,
    },
  ];
}

/** Whether the makers of clients can reach an address from their own servers: HTTPS on port 443. Nobody asks whether the name is public. */
function isForTheInternet(url: string): boolean {
  const { protocol, port } = new URL(url);
  return protocol === 'https:' && port === '';
}

/** On one line, with room to read: most people paste it into a file that has others. */
const json = (value: unknown) => JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');

/** A command for the shells of Linux, macOS and, as long as nothing needs quotes, Windows. */
const shell = (...words: readonly string[]) => words.map(quoted).join(' ');

const quoted = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** mcp-remote takes 127.0.0.1 and localhost for this computer, and no other spelling of it. */
function bridged(url: string): readonly string[] {
  const { protocol, hostname } = new URL(url);
  const isPlain = protocol === 'https:' || ['127.0.0.1', 'localhost'].includes(hostname);
  return isPlain ? [url] : [url, '--allow-http'];
}
