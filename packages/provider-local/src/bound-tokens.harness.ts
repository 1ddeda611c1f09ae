import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { challengeResponse, createGate, type Gate } from '@portcullis/core';
import { dpopProofs } from '@portcullis/core/jwt';
import { callback, testAccounts, vocabulary } from './issuer.harness.js';
import { type LocalProvider, localProvider } from './local-provider.js';
import { memoryStore } from './store/memory-store.js';

export const secret = 'a-secret-of-more-than-22-characters';

/** An issuer that binds tokens, and on the same origin an MCP server that takes them. */
export interface BoundTokens {
  readonly provider: LocalProvider;
  readonly issuer: URL;
  readonly resource: URL;
  close(): Promise<void>;
}

/** Starts both. Each asks for nonces of its own, and no request goes past a check. */
export async function startBoundTokens(): Promise<BoundTokens> {
  const store = memoryStore();
  const server = createServer((request, response) =>
    provider.authorizationServer(request, response, () => void answer(request, response)),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const resource = `${origin}/mcp`;
  const scopes = ['mcp:tools:weather'];
  const authentication = { method: 'client_secret_basic', secret } as const;
  const provider = localProvider({
    issuer: origin,
    accounts: testAccounts,
    store,
    dpop: 'nonce',
    pushedAuthorizationRequests: 'required',
    resources: [{ resource, name: 'Weather', scopes: vocabulary }],
    clients: [
      {
        clientId: 'app',
        name: 'App',
        redirectUris: [callback],
        scopes,
        authentication: { method: 'none' },
        dpopBoundAccessTokens: true,
      },
      { clientId: 'robot', name: 'Robot', scopes, authentication, dpopBoundAccessTokens: true },
    ],
  });
  const gate: Gate = createGate({
    resource,
    provider,
    scopes: vocabulary,
    proofs: dpopProofs({
      required: true,
      nonceSecret: 'n'.repeat(32),
      replays: {
        insertIfAbsent: (key, expiresAt) => store.insertIfAbsent('UsedProof', key, expiresAt),
      },
    }),
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming;
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
    const request = new Request(`${origin}${url}`, { method, headers });
    const caller = await gate.authenticate(request);
    const response =
      caller.kind === 'challenge'
        ? challengeResponse(caller)
        : Response.json(caller.principal.subject, { headers: caller.responseHeaders ?? {} });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  }

  return {
    provider,
    issuer: new URL(origin),
    resource: new URL(resource),
    async close() {
      server.closeAllConnections();
      server.close();
      await provider.close();
    },
  };
}
