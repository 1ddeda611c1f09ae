import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auth, CrossAppAccessProvider } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimsOf, testAccounts, vocabulary } from '../issuer.harness.js';
import { type LocalProvider, localProvider } from '../local-provider.js';
import {
  type FakeAuthority,
  identityAssertion,
  JWT_BEARER,
  secret,
  startAuthority,
} from './assertions.harness.js';

let idp: FakeAuthority;
let provider: LocalProvider;
let server: Server;
let origin: string;

/** The authorization server beside a resource, as an MCP server has it. */
beforeAll(async () => {
  idp = await startAuthority();
  server = createServer((request, response) =>
    provider.authorizationServer(request, response, () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ resource: `${origin}/mcp`, authorization_servers: [origin] }));
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provider = localProvider({
    issuer: origin,
    accounts: testAccounts,
    resources: [{ resource: `${origin}/mcp`, name: 'Finance', scopes: vocabulary }],
    identityProviders: [{ issuer: idp.issuer, account: () => 'user:ada' }],
    clients: [
      {
        clientId: 'desktop',
        name: 'Desktop',
        grantTypes: [JWT_BEARER],
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_basic', secret },
      },
    ],
  });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await provider.close();
  await idp.close();
});

it('gives the official client a token by its enterprise flow (EXT-20, EXT-22)', async () => {
  let asked: unknown;
  const client = new CrossAppAccessProvider({
    clientId: 'desktop',
    clientSecret: secret,
    expectedIssuer: origin,
    assertion: async ({ authorizationServerUrl, resourceUrl }) => {
      asked = [authorizationServerUrl, resourceUrl];
      const claims = { aud: authorizationServerUrl, resource: resourceUrl };
      return identityAssertion(idp, { issuer: origin }, { claims });
    },
  });
  const serverUrl = `${origin}/mcp`;
  expect(await auth(client, { serverUrl, scope: 'mcp:tools:weather' })).toBe('AUTHORIZED');
  expect(asked).toEqual([origin, serverUrl]);
  const claims = claimsOf(client.tokens()?.access_token ?? '');
  expect([claims.sub, claims.aud, claims.scope]).toEqual([
    'user:ada',
    serverUrl,
    'mcp:tools:weather',
  ]);
});
