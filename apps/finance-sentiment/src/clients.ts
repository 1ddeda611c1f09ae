import { about } from './about.js';

/** How one MCP client is pointed at this server. */
export interface ClientSnippet {
  readonly client: string;
  /** Where the snippet goes: a shell, a file, a menu. */
  readonly where: string;
  readonly snippet: string;
  /** What people trip over. */
  readonly note?: string;
}

/** The name that the server goes by in a client's list. */
const NAME = about.nickname;

/**
 * What to copy into the common MCP clients. The one place for it: the terminal, the web page and the documentation all read this.
 *
 * @param url - The MCP URL as clients reach it.
 */
export function clientSnippets(url: string): readonly ClientSnippet[] {
  // On one line, with room to read: most people paste it into a file that has others.
  const json = (value: unknown) => JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
  const local = new URL(url).protocol === 'http:';
  return [
    {
      client: 'Claude Code',
      where: 'shell',
      snippet: `claude mcp add --transport http ${NAME} ${url}`,
      note: 'Then type /mcp in a session and sign in.',
    },
    {
      client: 'Claude Desktop',
      where: local ? 'claude_desktop_config.json' : 'Settings > Connectors > Add custom connector',
      snippet: local
        ? json({ mcpServers: { [NAME]: { command: 'npx', args: ['-y', 'mcp-remote', url] } } })
        : url,
      ...(local ? { note: 'Its own connectors need a public HTTPS address on port 443.' } : {}),
    },
    {
      client: 'Cursor',
      where: '.cursor/mcp.json',
      snippet: json({ mcpServers: { [NAME]: { url } } }),
    },
    {
      client: 'VS Code',
      where: '.vscode/mcp.json',
      snippet: json({ servers: { [NAME]: { type: 'http', url } } }),
      note: 'The top key is "servers" here.',
    },
    {
      client: 'Codex CLI',
      where: '~/.codex/config.toml',
      snippet: `[mcp_servers.${NAME}]\nurl = "${url}"`,
      note: `Then run: codex mcp login ${NAME}`,
    },
    {
      client: 'Gemini CLI',
      where: '~/.gemini/settings.json',
      snippet: json({ mcpServers: { [NAME]: { httpUrl: url } } }),
      note: 'The key is "httpUrl" here.',
    },
    {
      client: 'MCP Inspector',
      where: 'shell',
      snippet: `npx -y @modelcontextprotocol/inspector --server-url ${url} --transport http`,
    },
    {
      client: 'ChatGPT',
      where: 'Settings > Connectors, developer mode',
      snippet: url,
      ...(local ? { note: 'Needs a public HTTPS address: it cannot reach this computer.' } : {}),
    },
  ];
}
