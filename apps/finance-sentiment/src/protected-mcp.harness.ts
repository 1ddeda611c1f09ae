import { createServer } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type MemorySink, memorySink } from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { toNodeListener } from '@portcullis/server-adapter/node';
import { listen, stop } from './listening.js';
import { memoryStores } from './memory-stores.harness.js';
import type { NewsSource } from './news/news-source.js';
import { isEmbeddedAdministrator } from './owner.js';
import { protectMcp } from './protected-mcp.js';
import type { Stores } from './stores.js';

/** The protected MCP server on loopback, an issuer that mints whatever a test needs, and the official client. For tests. */
export interface Harness {
  readonly url: string;
  readonly issuer: FakeIssuer;
  readonly audit: MemorySink;
  readonly stores: Stores;
  /** A client of a person; `subject` defaults to `user:ada`. */
  connect(scopes: readonly string[], options?: ConnectOptions): Promise<Client>;
  /** One JSON-RPC request over plain HTTP. */
  post(token: string | undefined, body: unknown): Promise<Response>;
  close(): Promise<void>;
}

interface ConnectOptions {
  readonly subject?: string;
  /** Connects as a machine of this name instead. */
  readonly machine?: string;
  readonly era?: 'modern' | 'legacy';
}

/**
 * Starts everything on a free port. Close it when the test is over.
 *
 * @param source - Where `get_news_sentiment` asks. Default: the embedded corpus.
 */
export async function createHarness(source?: NewsSource): Promise<Harness> {
  const server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}/mcp`;
  const issuer = await createFakeIssuer({ resource: url });
  const audit = memorySink();
  const stores = memoryStores(source);
  const mcp = protectMcp({
    resource: url,
    provider: issuer.provider(),
    isAdministrator: isEmbeddedAdministrator,
    stores,
    recent: audit,
  });
  server.on('request', toNodeListener(mcp.handler));
  const clients: Client[] = [];

  return {
    url,
    issuer,
    audit,
    stores,
    async connect(scopes, { subject = 'user:ada', machine, era = 'modern' } = {}) {
      const token = machine
        ? await issuer.mintForClient(machine, scopes)
        : await issuer.mint({ claims: { sub: subject }, scopes });
      const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy';
      const client = new Client(
        { name: 'test', version: '1.0.0' },
        { versionNegotiation: { mode } },
      );
      const transport = new StreamableHTTPClientTransport(new URL(url), {
        authProvider: { token: async () => token },
        onInsufficientScope: 'throw',
      });
      await client.connect(transport);
      clients.push(client);
      return client;
    },
    post: (token, body) =>
      fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await mcp.close();
      await stop(server, 0);
      await issuer.close();
      stores.close();
    },
  };
}
