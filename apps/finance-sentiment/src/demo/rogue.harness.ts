import { createServer } from 'node:http';
import { listen, stop } from '../listening.js';

/** An MCP server that says what it is told to, honest or not. It has no tools, only doors. */
export interface RogueServer {
  readonly mcpUrl: string;
  /** Requests to the MCP endpoint, oldest first: whether a token came along. */
  readonly calls: readonly ('token' | 'no token')[];
  close(): Promise<void>;
}

/** What it says. Asked each time, so that it can change its mind. */
export interface RogueAnswers {
  /** The document of the resource (RFC 9728 §2). Its own URL is filled in unless `resource` is given. */
  document(): {
    readonly authorization_servers: readonly string[];
    readonly resource?: string;
    readonly scopes_supported?: readonly string[];
  };
  /** The answer to a request with a token, and how its challenge goes on. Default: 403, with the same scope again and again. */
  withToken?(): { readonly status: number; readonly challenge?: string };
  /** The scope that it asks for in the first place, or `none`. */
  readonly scope?: string;
}

/** Starts one on loopback. */
export async function rogueServer(answers: RogueAnswers): Promise<RogueServer> {
  const { document, scope = 'mcp:tools:everything' } = answers;
  const never = { status: 403, challenge: `, error="insufficient_scope", scope="${scope}"` };
  const { withToken = () => never } = answers;
  const calls: ('token' | 'no token')[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/.well-known/oauth-protected-resource/mcp') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ resource: mcpUrl, ...document() }));
      return;
    }
    const hasToken = request.headers.authorization !== undefined;
    calls.push(hasToken ? 'token' : 'no token');
    const { status, challenge } = hasToken
      ? withToken()
      : { status: 401, challenge: scope === 'none' ? '' : `, scope="${scope}"` };
    if (challenge !== undefined) {
      const where = `resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
      response.setHeader('www-authenticate', `Bearer ${where}${challenge}`);
    }
    response.writeHead(status).end();
  });
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const mcpUrl = `${origin}/mcp`;
  return { mcpUrl, calls, close: () => stop(server, 0) };
}
