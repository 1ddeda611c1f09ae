import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { McpEndpoint } from '../index.js';
import { type NodeListenerOptions, toNodeListener } from '../node/index.js';
import { createFixture, type Fixture } from './fixture.js';

/** A protected endpoint of a case's own on `node:http`, closed after the case. */
export interface OnNode {
  serve(
    endpoint: McpEndpoint,
    options?: NodeListenerOptions & Parameters<typeof createFixture>[2],
  ): Promise<{
    readonly fixture: Fixture;
    readonly server: Server;
    readonly url: string;
    readonly port: number;
  }>;
  /** A good call of a tool. */
  call(
    url: string,
    signal?: AbortSignal,
  ): Promise<{
    method: string;
    headers: Record<string, string>;
    body: string;
    signal?: AbortSignal;
  }>;
}

/** Sets such cases up. */
export function onNode(): OnNode {
  let issuer: FakeIssuer;
  let server: Server | undefined;
  beforeAll(async () => {
    issuer = await createFakeIssuer();
  });
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });
  afterAll(() => issuer.close());
  return {
    async serve(endpoint, options = {}) {
      const started = createServer();
      server = started;
      await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
      const { port } = started.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}/mcp`;
      const fixture = createFixture(issuer, url, options);
      started.on('request', toNodeListener(fixture.auth.protect(endpoint), options));
      return { fixture, server: started, url, port };
    },
    async call(url, signal) {
      const token = await issuer.mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] });
      const params = { name: 'weather', arguments: {} };
      return {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
        ...(signal ? { signal } : {}),
      };
    },
  };
}
