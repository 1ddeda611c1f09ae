import { createServer } from 'node:http';
import { type MemorySink, memorySink } from '@portcullis/core';
import { createFakeSigner } from '@portcullis/core/testing';
import { embeddedAccounts, localProvider, memoryStore } from '@portcullis/provider-local';
import { toNodeListener } from '@portcullis/server-adapter/node';
import type { JWK } from 'jose';
import type { IdentityName } from './identity/identity-config.js';
import { listen, stop } from './listening.js';
import { memoryStores } from './memory-stores.harness.js';
import { isAdministratorByRole } from './owner.js';
import { protectMcp } from './protected-mcp.js';
import { scopes } from './scopes.js';
import { startFake, type TestIssuer } from './vendor-fakes.harness.js';

async function localIssuer(origin: string): Promise<TestIssuer> {
  const resource = `${origin}/mcp`;
  const store = memoryStore();
  let broken = false;
  const options = {
    issuer: origin,
    resources: [{ resource, name: 'Finance', scopes }],
    accounts: embeddedAccounts([{ username: 'ada', password: 'ada-signs-in' }]),
    clients: [
      {
        clientId: 'robot',
        name: 'Robot',
        grantTypes: ['client_credentials'] as const,
        scopes: ['mcp:exec:workflows:*'],
        authentication: { method: 'client_secret_basic', secret: 'x'.repeat(30) } as const,
      },
    ],
    store: {
      ...store,
      async read(kind: string, id: string) {
        if (broken) throw new Error('The disk is gone.');
        return store.read(kind, id);
      },
    },
  };
  // A first token of anybody's, and the issuer makes the keys that the test then signs with.
  const value = await (await createFakeSigner()).sign({}, { header: { typ: 'at+jwt' } });
  const at = { resource, now: 0, signal: AbortSignal.timeout(5000) };
  await localProvider(options).verify({ scheme: 'Bearer', value }, at);
  const privateKey = privateKeyIn((await store.read('Key', 'signing'))?.payload);
  if (!privateKey) throw new Error('The issuer has stored no key.');
  const signer = await createFakeSigner({ algorithm: 'ES256', privateKey });
  return {
    issuer: origin,
    provider: () => localProvider(options),
    async mint({ claims, header, ...forgery } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const who = { iss: origin, aud: resource, sub: 'robot', client_id: 'robot', jti: 'token-1' };
      return signer.sign(
        { ...who, scope: '', iat: now, exp: now + 300, ...claims },
        { ...forgery, header: { typ: 'at+jwt', ...header } },
      );
    },
    breakWith() {
      broken = true;
    },
    close: () => store.close(),
  };
}

/** The first private key in what the store has, however deep. */
function privateKeyIn(value: unknown): JWK | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('kty' in value && 'd' in value) return value as JWK;
  for (const member of Object.values(value)) {
    const found = privateKeyIn(member);
    if (found) return found;
  }
  return undefined;
}

/** The protected MCP server behind one provider. */
export interface ProviderHarness extends Omit<TestIssuer, 'provider'> {
  readonly origin: string;
  readonly audit: MemorySink;
  /** Asks for the tools with this token. */
  call(token: string): Promise<Response>;
  /** Puts a provider in place that knows no key yet. */
  forget(): Promise<void>;
}

/** Starts an issuer, a provider that trusts it, and the server behind its gate. Close it when the test is over. */
export async function startBehind(name: IdentityName): Promise<ProviderHarness> {
  const server = createServer();
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const issuer = await (name === 'local' ? localIssuer(origin) : startFake(name, `${origin}/mcp`));
  const audit = memorySink();
  const stores = memoryStores();
  const resource = `${origin}/mcp`;
  const rest = { resource, isAdministrator: isAdministratorByRole, stores, recent: audit };
  const open = () => protectMcp({ ...rest, provider: issuer.provider() });
  let mcp = open();
  server.on('request', (request, response) => toNodeListener(mcp.handler)(request, response));

  return {
    ...issuer,
    origin,
    audit,
    call: (token) =>
      fetch(resource, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
      }),
    async forget() {
      await mcp.close();
      mcp = open();
    },
    async close() {
      await mcp.close();
      await stop(server, 0);
      await issuer.close();
      stores.close();
    },
  };
}
