import {
  auth,
  Client,
  type DpopSession,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { formBrowser } from '@portcullis/provider-local/testing';
import { type MemoryClient, memoryClient } from '../demo/memory-client.js';

/** The official client after Ada has signed in and allowed what it asked for. For tests. */
export interface SignedIn {
  readonly client: Client;
  /** What the client keeps; it is replaced when the client refreshes. */
  readonly memory: MemoryClient;
  /** The access token that it has now. */
  token(): string;
}

/** Who signs in at the embedded issuer. */
export const ada = { username: 'ada', password: 'ada-signs-in' } as const;

/**
 * Walks the whole code flow with the official client, which registers itself.
 *
 * @param resource - The public URI of the MCP server.
 * @param options.dpop - The key that its tokens are to be bound to. Default: they are not bound.
 * @param options.browse - What Ada does in the browser, up to where it is sent back to. Default: she signs in here, and allows all.
 */
export async function signIn(
  resource: string,
  options: {
    readonly scopes: readonly string[];
    readonly dpop?: DpopSession;
    readonly browse?: (url: URL) => Promise<URL>;
  },
): Promise<SignedIn> {
  const { scopes, dpop, browse = (url) => formBrowser().authorize(url, ada) } = options;
  const memory = memoryClient({ name: 'Briefing', redirectUrl: 'http://127.0.0.1:9/callback' });
  const provider = dpop ? Object.assign(memory, { dpop: () => dpop }) : memory;
  await auth(provider, { serverUrl: resource, scope: scopes.join(' ') });
  if (!memory.authorizationUrl) throw new Error('The client did not ask to open the browser.');
  const back = await browse(memory.authorizationUrl);
  const transport = new StreamableHTTPClientTransport(new URL(resource), {
    authProvider: provider,
    onInsufficientScope: 'throw',
  });
  await transport.finishAuth(back.searchParams);
  const client = new Client(
    { name: 'end-to-end', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  await client.connect(transport);
  return { client, memory, token: () => memory.currentTokens?.access_token ?? '' };
}

/** Calls `whoami` over plain HTTP, with any headers: what a thief would try. */
export function callWith(
  resource: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return fetch(resource, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'whoami', arguments: {} },
    }),
  });
}
