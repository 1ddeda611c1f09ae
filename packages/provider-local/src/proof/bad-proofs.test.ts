import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { post, rawPost, startIssuer, type TestIssuer } from '../issuer.harness.js';
import { type Prover, prover } from './proof.harness.js';

const secret = 's'.repeat(32);
let issuer: TestIssuer;
let key: Prover;
let other: Prover;
beforeAll(async () => {
  issuer = await startIssuer({
    dpop: true,
    path: '/as',
    clients: [
      {
        clientId: 'robot',
        name: 'Robot',
        redirectUris: ['https://robot.example/cb'],
        grantTypes: ['authorization_code', 'client_credentials'],
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_post', secret },
      },
    ],
  });
  [key, other] = await Promise.all([prover(), prover()]);
});
afterAll(() => issuer.close());
afterEach(() => vi.useRealTimers());

const client = { client_id: 'robot', client_secret: secret };
const machine = { grant_type: 'client_credentials', ...client };
/** Proofs are looked at before codes. */
const code = {
  grant_type: 'authorization_code',
  ...client,
  code: 'x',
  redirect_uri: 'https://robot.example/cb',
  code_verifier: 'x'.repeat(43),
};
/** One grant whose proofs the engine checks, and one whose proofs we check. */
const grants = { authorization_code: code, client_credentials: machine };
type Grant = keyof typeof grants;

const now = () => Math.floor(Date.now() / 1000);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const url = () => `${issuer.issuer}/token`;
const forged = (header: object) => `${part(header)}.${part({ jti: 'x', htm: 'POST' })}.c2ln`;

const oneHeader = 'DPoP must be one header, a JWT';
const binding = 'invalid DPoP key binding';

describe.each(Object.keys(grants) as Grant[])('a request for %s', (grant) => {
  const send = (dpop: string) => post(url(), grants[grant], { dpop });

  it.each<[string, () => string | Promise<string>, string]>([
    ['that is empty', () => '', oneHeader],
    ['that is no JWT', () => 'proof', oneHeader],
    ['twice in one header', async () => `${await key.prove(url())}, x.y.z`, oneHeader],
    ['of 5000 characters', () => key.prove(url(), { x: 'x'.repeat(4000) }), oneHeader],
    ['that is no JSON', () => 'a.b.c', binding],
    ['of another type', () => key.prove(url(), {}, { typ: 'JWT' }), binding],
    ['without a type', () => key.prove(url(), {}, { typ: undefined }), binding],
    ['without a key', () => key.prove(url(), {}, { jwk: undefined }), binding],
    ['with another key', () => key.prove(url(), {}, { jwk: other.jwk }), binding],
    ['that is unsigned', () => forged({ typ: 'dpop+jwt', alg: 'none', jwk: key.jwk }), binding],
    [
      'signed with a shared secret',
      () => forged({ typ: 'dpop+jwt', alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } }),
      binding,
    ],
    [
      'with its private key',
      async () => {
        const { d } = await crypto.subtle.exportKey('jwk', key.keys.privateKey);
        return key.prove(url(), {}, { jwk: { ...key.jwk, d } });
      },
      binding,
    ],
    ['for another verb', () => key.prove(url(), { htm: 'GET' }), 'DPoP proof htm mismatch'],
    ['for no verb', () => key.prove(url(), { htm: undefined }), 'DPoP proof htm mismatch'],
    ['for no URL', () => key.prove(url(), { htu: undefined }), 'DPoP proof htu mismatch'],
    ['for a path alone', () => key.prove('/as/token'), 'DPoP proof htu mismatch'],
    ['for another endpoint', () => key.prove(`${issuer.issuer}/revoke`), 'DPoP proof htu mismatch'],
    [
      'for another host',
      () => key.prove('https://other.example/as/token'),
      'DPoP proof htu mismatch',
    ],
    [
      'without a jti',
      () => key.prove(url(), { jti: undefined }),
      'DPoP proof must have a jti string property',
    ],
    [
      'with a jti that is a number',
      () => key.prove(url(), { jti: 7 }),
      'DPoP proof must have a jti string property',
    ],
    [
      'without a time',
      () => key.prove(url(), { iat: undefined }),
      'DPoP proof must have a iat number property',
    ],
    ['that is over', () => key.prove(url(), { exp: now() - 60 }), binding],
  ])('with a proof %s is refused (EXT-43, EXT-45, ATK-52)', async (_what, make, description) => {
    const answer = await send(await make());
    expect([answer.status, answer.headers.get('cache-control'), answer.body]).toEqual([
      400,
      'no-store',
      { error: 'invalid_dpop_proof', error_description: description },
    ]);
  });

  it.each([-301, 301])(
    'with a proof made %i s from now gets a nonce that mends it (EXT-43)',
    async (distance) => {
      const iat = now() + distance;
      const answer = await send(await key.prove(url(), { iat }));
      expect([answer.status, answer.body.error]).toEqual([400, 'use_dpop_nonce']);
      const nonce = answer.headers.get('dpop-nonce');
      expect(nonce).toMatch(/^[\w-]{43}$/);
      const mended = await send(await key.prove(url(), { iat, nonce }));
      // A code that is none, or a token: the proof is good either way.
      expect(mended.body).toMatchObject(
        grant === 'client_credentials' ? { token_type: 'DPoP' } : { error: 'invalid_grant' },
      );
    },
  );

  it('with two DPoP headers is refused (EXT-45, ATK-52)', async () => {
    const proofs = [await key.prove(url()), await key.prove(url())];
    const outgoing = request(url(), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', dpop: proofs },
    });
    outgoing.end(new URLSearchParams(grants[grant]).toString());
    const [response] = await once(outgoing, 'response');
    response.resume();
    expect(response.statusCode).toBe(400);
  });

  it('is held to the URL of the issuer, whatever it says about its host (ATK-84, EXT-45)', async () => {
    const spoofed = (dpop: string) =>
      rawPost(url(), grants[grant], {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        dpop,
      });
    const evil = await spoofed(await key.prove('https://evil.example/as/token'));
    expect([evil.status, JSON.parse(evil.body)]).toEqual([
      400,
      { error: 'invalid_dpop_proof', error_description: 'DPoP proof htu mismatch' },
    ]);
    const good = await spoofed(await key.prove(`${url()}?query#fragment`));
    expect(good.body).not.toContain('dpop');
  });
});

describe('a proof that was used', () => {
  const used = {
    status: 400,
    body: { error: 'invalid_dpop_proof', error_description: 'DPoP proof was used before' },
  };

  it('is refused the second time, also once its mark could have expired (EXT-45, ATK-52)', async () => {
    const at = now();
    vi.useFakeTimers({ toFake: ['Date'], now: at * 1000 });
    const iat = at + 300;
    const dpop = await key.prove(url(), { iat });
    expect((await post(url(), machine, { dpop })).status).toBe(200);
    expect(await post(url(), machine, { dpop })).toMatchObject(used);
    vi.useFakeTimers({ toFake: ['Date'], now: (iat + 300) * 1000 });
    expect(await post(url(), machine, { dpop })).toMatchObject(used);
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_refused',
      clientId: 'robot',
    });
  });
});

it('lets pages of other origins send proofs and read nonces (AS-15)', async () => {
  const preflight = await fetch(url(), { method: 'OPTIONS' });
  expect(preflight.headers.get('access-control-allow-headers')).toBe(
    'Authorization, Content-Type, MCP-Protocol-Version, DPoP',
  );
  const { headers } = await post(url(), machine, { dpop: await key.prove(url()) });
  expect([
    headers.get('access-control-allow-origin'),
    headers.get('access-control-expose-headers'),
  ]).toEqual(['*', 'DPoP-Nonce']);
});
