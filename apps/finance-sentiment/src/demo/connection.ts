import {
  type Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { MemoryClient } from './memory-client.js';

/** A client and the line to its server. */
export interface Connection {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
}

/** Puts a client on a line to a server. Nothing is sent yet. */
export function openConnection(options: {
  readonly mcpUrl: string;
  /** The memory of an app, or of a machine. */
  readonly authProvider: OAuthClientProvider;
  readonly client: Client;
  readonly fetch?: typeof globalThis.fetch;
}): Connection {
  const { mcpUrl, authProvider, client, fetch } = options;
  const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider, fetch });
  return { client, transport };
}

/**
 * Takes what the browser came back with, and trades it for a token.
 *
 * @throws {Error} when it answers another question than the app's last one; when its issuer is not the one that was asked, before
 *   anything is sent there; and when the issuer refuses.
 */
export async function takeAnswer(
  memory: MemoryClient,
  { transport }: Connection,
  callback: URLSearchParams,
): Promise<void> {
  // Somebody else's sign-in, slipped in.
  if (callback.get('state') !== memory.lastState) {
    throw new Error('The browser came back with an answer that this app did not ask for (state).');
  }
  await transport.finishAuth(callback);
}
