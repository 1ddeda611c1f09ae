import {
  createGate,
  DownstreamRefusedError,
  type DownstreamToken,
  ProviderUnavailableError,
} from '@portcullis/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, startIssuer, type TestIssuer, vocabulary, walk } from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { back, front, middle, startChain } from './token-exchange.harness.js';

let issuer: TestIssuer;
let token: string;
let away = false;
beforeAll(async () => {
  const store = memoryStore();
  const server = {
    clientId: 'front-server',
    exchange: [{ audience: middle, scopes: ['mcp:tools:weather'] }],
  };
  const chain = await startChain({
    store: {
      ...store,
      async read(kind, id) {
        if (away && kind === 'Grant') throw new Error('The store is away.');
        return store.read(kind, id);
      },
    },
    resources: [
      // Without authentication: it is in this process.
      { resource: front, name: 'Front', scopes: vocabulary, server },
      { resource: middle, name: 'Middle', scopes: vocabulary },
    ],
  });
  issuer = chain.issuer;
  token = (await walk(issuer, chain.client, { parameters: { resource: front } })).tokens
    .access_token;
});
afterAll(() => issuer.close());

/** As a tool does it: through the gate, which alone holds the token. */
async function downstream(
  audience: string,
  scopes: readonly string[] = [],
): Promise<DownstreamToken> {
  const gate = createGate({ resource: front, provider: issuer.provider, scopes: vocabulary });
  const request = new Request(front, { headers: { authorization: `Bearer ${token}` } });
  const caller = await gate.authenticate(request);
  if (caller.kind !== 'caller' || !caller.downstream) throw new Error('There is no exchange.');
  return caller.downstream({ audience, scopes });
}

describe('an exchange in this process', () => {
  it('gives a tool a token for the other server, and says so in the audit log', async () => {
    const { value, scheme, expiresAt } = await downstream(middle);
    const claims = claimsOf(value);
    expect([scheme, claims.aud, claims.sub, claims.client_id, claims.act, claims.scope]).toEqual([
      'Bearer',
      'https://middle.example/mcp',
      'user:ada',
      'front-server',
      { sub: 'front-server' },
      'mcp:tools:weather',
    ]);
    expect(expiresAt).toBeLessThanOrEqual(Number(claims.exp));
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_issued',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      detail: 'exchanged by front-server for https://middle.example/mcp',
    });
    const context = { resource: middle, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) };
    const principal = await issuer.provider.verify({ scheme, value }, context);
    expect(principal).toMatchObject({
      kind: 'principal',
      claims: { act: { sub: 'front-server' } },
    });
  });

  it.each<[string, string, readonly string[], string]>([
    ['another server', back, [], 'invalid_target'],
    ['more than the server may have', middle, ['mcp:tools:pay'], 'invalid_scope'],
  ])('is refused for %s', async (_, audience, scopes, error) => {
    const refusal = await downstream(audience, scopes).catch((reason: unknown) => reason);
    expect(refusal).toBeInstanceOf(DownstreamRefusedError);
    expect(refusal).toMatchObject({ code: 'DOWNSTREAM_REFUSED', error });
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_refused',
      clientId: 'front-server',
    });
  });

  it('is refused to a server without a list, and for a token that is none', async () => {
    const context = { resource: middle, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) };
    const want = { audience: front, scopes: [] };
    const by = (resource: string, value: string) =>
      issuer.provider.exchange?.({ scheme: 'Bearer', value }, want, { ...context, resource });
    await expect(by(middle, token)).rejects.toMatchObject({ error: 'unauthorized_client' });
    await expect(by(front, 'x')).rejects.toMatchObject({ error: 'invalid_request' });
  });

  it('meets an outage as an outage', async () => {
    away = true;
    await expect(downstream(middle)).rejects.toBeInstanceOf(ProviderUnavailableError);
    away = false;
  });

  it('does not exist where no server may call another', async () => {
    const plain = await startIssuer();
    expect(plain.provider.exchange).toBeUndefined();
    await plain.close();
  });

  it('alone opens neither the grant nor introspection', async () => {
    const response = await fetch(`${issuer.issuer}/.well-known/oauth-authorization-server`);
    const metadata = (await response.json()) as Record<string, unknown>;
    expect(metadata.grant_types_supported).toEqual([
      'authorization_code',
      'refresh_token',
      'client_credentials',
    ]);
    expect(metadata.introspection_endpoint).toBeUndefined();
  });
});
