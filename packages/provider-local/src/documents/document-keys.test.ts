import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  post,
  startIssuer,
  type TestIssuer,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { type DocumentHost, documentOf, startDocumentHost } from './__fixtures__/document-host.js';

let host: DocumentHost;
let issuer: TestIssuer;
let clientId: string;
let first: CryptoKeyPair;
let second: CryptoKeyPair;
let rsa: CryptoKeyPair;

beforeAll(async () => {
  host = await startDocumentHost();
  issuer = await startIssuer({
    dangerouslyMapClientDocuments: host.mapping,
    rateLimits: false,
  });
  first = await generateKeyPair('ES256', { extractable: true });
  second = await generateKeyPair('ES256', { extractable: true });
  rsa = await generateKeyPair('RS256');
});
afterAll(async () => {
  host.close();
  await issuer.close();
});
beforeEach(() => {
  clientId = host.fresh();
});
afterEach(() => vi.useRealTimers());
const later = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

const jwkOf = async ({ publicKey }: CryptoKeyPair, kid: string): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  use: 'sig',
});
const jwksPath = () => `/jwks-of${new URL(clientId).pathname}`;

/** Serves the document at its own path, and anything else there is at its path. */
function serve(
  change: Readonly<Record<string, unknown>>,
  others: Readonly<Record<string, unknown>> = {},
) {
  const all: Readonly<Record<string, unknown>> = {
    [new URL(clientId).pathname]: documentOf(clientId, {
      token_endpoint_auth_method: 'private_key_jwt',
      ...change,
    }),
    ...others,
  };
  host.answer(({ url = '' }, response) => {
    const found = all[url];
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? 'nothing'));
  });
}

async function assertion(
  { privateKey }: CryptoKeyPair,
  claims: JWTPayload = {},
  header: { readonly alg?: string; readonly kid?: string } = {},
): Promise<Record<string, string>> {
  const now = Math.floor(Date.now() / 1000);
  const client_assertion = await new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: issuer.issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
    .sign(privateKey);
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
  };
}

/** Walks up to the code, then redeems it with these parameters beside it. */
async function redeem(authentication: (() => Promise<Record<string, string>>) | undefined) {
  const { verifier, challenge } = pkce();
  const target = await formBrowser().authorize(
    authorizationUrl(issuer, { client_id: clientId, code_challenge: challenge }),
    ada,
  );
  const { status, body } = await post(`${issuer.issuer}/token`, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code: target.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: callback,
    ...(await authentication?.()),
  });
  return [status, body.error ?? body.token_type];
}
/** A token request of which only the authentication matters. */
async function refresh(authentication: Readonly<Record<string, string>> = {}) {
  const { status, body } = await post(`${issuer.issuer}/token`, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: 'x'.repeat(43),
    ...authentication,
  });
  return [status, body.error];
}

describe('a client whose document has keys', () => {
  it('signs for its tokens (AS-23, AS-95)', async () => {
    serve({ jwks: { keys: [await jwkOf(first, 'k1')] } });
    expect(await redeem(() => assertion(first))).toEqual([200, 'Bearer']);
  });

  it('gets nothing without a signature, or with that of another key (AS-23, ATK-25)', async () => {
    serve({ jwks: { keys: [await jwkOf(first, 'k1')] } });
    expect(await redeem(undefined)).toEqual([401, 'invalid_client']);
    expect(await redeem(() => assertion(second))).toEqual([401, 'invalid_client']);
    expect(await refresh({ client_secret: 'x'.repeat(43) })).toEqual([401, 'invalid_client']);
  });

  it('may write our token endpoint for an audience, as ChatGPT does, and nothing else (AS-96)', async () => {
    serve({ jwks: { keys: [await jwkOf(first, 'k1')] } });
    const to = async (aud: unknown) => refresh(await assertion(first, { aud } as JWTPayload));
    expect(await to(`${issuer.issuer}/token`)).toEqual([400, 'invalid_grant']);
    expect(await to(`${issuer.issuer}/revoke`)).toEqual([401, 'invalid_client']);
    expect(await to([`${issuer.issuer}/token`])).toEqual([401, 'invalid_client']);
    expect(await to('https://evil.example/token')).toEqual([401, 'invalid_client']);
  });

  it.each<[string, (jwk: JWK) => Readonly<Record<string, unknown>>]>([
    ['none at all', () => ({})],
    ['them twice', (jwk) => ({ jwks: { keys: [jwk] }, jwks_uri: `${host.origin}/k` })],
    ['them on another scheme', () => ({ jwks_uri: 'http://client.example/k' })],
    ['them on this machine (AS-26)', () => ({ jwks_uri: 'https://127.0.0.1/k' })],
    ['them in a network without names (AS-26)', () => ({ jwks_uri: 'https://keys.internal/k' })],
    ['a symmetric one', () => ({ jwks: { keys: [{ kty: 'oct', k: 'AAAA', alg: 'HS256' }] } })],
    ['a private one', (jwk) => ({ jwks: { keys: [{ ...jwk, d: 'AAAA' }] } })],
    ['no list', () => ({ jwks: { keys: {} } })],
  ])('and has %s is refused (AS-22, AS-23)', async (_what, change) => {
    serve(change(await jwkOf(first, 'k1')));
    const request = { client_id: clientId, code_challenge: pkce().challenge };
    const page = await formBrowser().open(authorizationUrl(issuer, request));
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
  });
});

describe('a client whose document names its methods', () => {
  // https://chatgpt.com/oauth/client.json, in October 2026, with the host of this test.
  it('as ChatGPT does signs with the keys at its jwks_uri (AS-23, AS-26)', async () => {
    serve(
      {
        client_uri: 'https://chatgpt.com/',
        redirect_uris: [callback],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
        response_types: ['code'],
        client_name: 'ChatGPT',
        token_endpoint_auth_signing_alg: 'RS256',
        jwks_uri: `${host.origin}${jwksPath()}`,
      },
      { [jwksPath()]: { keys: [await jwkOf(rsa, 'cimd-1')] } },
    );
    const sign = () =>
      assertion(rsa, { aud: `${issuer.issuer}/token` }, { alg: 'RS256', kid: 'cimd-1' });
    expect(await redeem(sign)).toEqual([200, 'Bearer']);
    expect(await refresh()).toEqual([401, 'invalid_client']);
    expect(host.paths()).toEqual([new URL(clientId).pathname, jwksPath()]);
  });

  it.each([
    [
      ['none', 'private_key_jwt'],
      [400, 'invalid_grant'],
    ],
    [
      ['client_secret_basic', 'none'],
      [400, 'invalid_grant'],
    ],
    [
      ['private_key_jwt', 'none'],
      [401, 'invalid_client'],
    ],
  ])('and prefers none of %j has the first that we can take', async (offered, expected) => {
    serve({
      token_endpoint_auth_method: undefined,
      token_endpoint_auth_methods_supported: offered,
      jwks: { keys: [await jwkOf(first, 'k1')] },
    });
    expect(await refresh()).toEqual(expected);
  });

  it('and prefers one that we lack has another that it offers', async () => {
    serve({
      token_endpoint_auth_method: 'tls_client_auth',
      token_endpoint_auth_methods_supported: ['tls_client_auth', 'none'],
    });
    expect(await refresh()).toEqual([400, 'invalid_grant']);
  });

  it.each([
    { token_endpoint_auth_method: 'tls_client_auth' },
    {
      token_endpoint_auth_method: undefined,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    },
    {
      token_endpoint_auth_method: 'client_secret_post',
      token_endpoint_auth_methods_supported: ['client_secret_post', 'none'],
    },
  ])('of which none is ours is refused: %j (AS-23, ATK-25)', async (change) => {
    serve(change);
    expect(await refresh()).toEqual([400, 'invalid_client_metadata']);
  });
});

describe('keys at a jwks_uri', () => {
  const withKeys = async (...keys: readonly object[]) =>
    serve({ jwks_uri: `${host.origin}${jwksPath()}` }, { [jwksPath()]: { keys } });
  const fetches = () => host.paths().filter((path) => path === jwksPath()).length;
  const signed = [400, 'invalid_grant'];
  const refused = [401, 'invalid_client'];

  it('are fetched only when there is a signature to check, and once for five minutes at most (AS-28)', async () => {
    await withKeys(await jwkOf(first, 'k1'));
    expect(await refresh()).toEqual(refused);
    expect(fetches()).toBe(0);
    expect(await refresh(await assertion(first))).toEqual(signed);
    expect(await refresh(await assertion(first))).toEqual(signed);
    expect(fetches()).toBe(1);
  });

  it('that were taken out stop counting soon, whatever their host says (ATK-26)', async () => {
    const sets = [{ keys: [await jwkOf(first, 'k1')] }, { keys: [await jwkOf(second, 'k1')] }];
    host.answer(({ url = '' }, response) => {
      const body =
        url === jwksPath()
          ? sets.shift()
          : documentOf(clientId, {
              token_endpoint_auth_method: 'private_key_jwt',
              jwks_uri: `${host.origin}${jwksPath()}`,
            });
      response.writeHead(200, {
        'content-type': 'application/json',
        'cache-control': 'max-age=86400',
      });
      response.end(JSON.stringify(body));
    });
    expect(await refresh(await assertion(first))).toEqual(signed);
    later(299);
    expect(await refresh(await assertion(first))).toEqual(signed);
    later(2);
    expect(await refresh(await assertion(first))).toEqual(refused);
    expect(await refresh(await assertion(second))).toEqual(signed);
    expect(fetches()).toBe(2);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['no list of keys', { keys: {} }],
    ['a private key', { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' }] }],
    ['more than 64 KB', { keys: [], x: 'x'.repeat(70_000) }],
  ])('of which %s comes are refused, and asked for again (AS-28)', async (_what, set) => {
    serve({ jwks_uri: `${host.origin}${jwksPath()}` }, { [jwksPath()]: set });
    const [status] = await refresh(await assertion(first));
    expect(status).toBe(401);
    await withKeys(await jwkOf(first, 'k1'));
    expect(await refresh(await assertion(first))).toEqual(signed);
  });
});
