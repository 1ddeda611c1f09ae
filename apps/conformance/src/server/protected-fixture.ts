import { randomBytes } from 'node:crypto';
import { embeddedAccounts, type LocalProvider, localProvider } from '@portcullis/provider-local';
import { createMcpAuth } from '@portcullis/server-adapter';
import { toNodeListener } from '@portcullis/server-adapter/node';
import { listen } from '../loopback.js';
import { endpoints } from './fixture/endpoints.js';
import { policy, scopes } from './fixture/policy.js';
import { injectingProxy } from './injecting-proxy.js';

/** What one token of the suite is good for. */
type Grant = readonly (typeof scopes.names)[number][] | 'no token';

/** The fixture behind its gate, behind the proxy. */
export interface ProtectedFixture {
  /** The MCP URL for the suite: the proxy's. */
  readonly url: string;
  close(): Promise<void>;
}

/** What stands behind the gate. */
export interface FixtureOptions {
  readonly sdk: 'v1' | 'v2';
  /** Default: everything. */
  readonly grant?: Grant;
}

/** Starts the fixture, an issuer, and a proxy that brings a token of that issuer. */
export async function startFixture(options: FixtureOptions): Promise<ProtectedFixture> {
  const { sdk, grant = scopes.names } = options;
  let target: { port: number; token?: string } = { port: 0 };
  const proxy = await injectingProxy(() => target);
  // Clients see the proxy, so the server goes by its address.
  const resource = `${proxy.origin}/mcp`;
  let issuer: LocalProvider | undefined;
  const issuerServer = await listen((request, response) =>
    issuer?.authorizationServer(request, response),
  );
  const secret = randomBytes(32).toString('base64url');
  issuer = localProvider({
    issuer: issuerServer.origin,
    resources: [{ resource, name: 'Conformance fixture', scopes }],
    // Nobody signs in: the suite is a program.
    accounts: embeddedAccounts([]),
    clients: [
      {
        clientId: 'suite',
        name: 'Conformance Suite',
        grantTypes: ['client_credentials'],
        scopes: scopes.names,
        authentication: { method: 'client_secret_basic', secret },
      },
    ],
  });
  const auth = createMcpAuth({ resource, provider: issuer, scopes, policy });
  const endpoint = endpoints[sdk]();
  const server = await listen(toNodeListener(auth.protect(endpoint, { sdk, sessions: true })));
  const { port } = server;
  target = grant === 'no token' ? { port } : { port, token: await tokenFor(grant) };

  /** A token that the client gets for itself (RFC 6749 §4.4). It outlives every run of the suite. */
  async function tokenFor(granted: readonly string[]): Promise<string> {
    const response = await fetch(`${issuerServer.origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`suite:${secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: granted.join(' '),
        resource,
      }),
    });
    if (response.status !== 200) throw new Error(`No token: ${response.status}.`);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  return {
    url: resource,
    async close() {
      await proxy.close();
      await server.close();
      await endpoint.close();
      await issuerServer.close();
      await issuer?.close();
    },
  };
}
