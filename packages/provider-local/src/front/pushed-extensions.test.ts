import { ProviderUnavailableError } from '@portcullis/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  claimsOf,
  pkce,
  register,
  startIssuer,
  type TestIssuer,
} from '../issuer.harness.js';
import { ask, type Prover, prover } from '../proof/proof.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import { type Pushed, push } from './pushed.harness.js';

let issuer: TestIssuer;
let client: string;
let away = false;
beforeAll(async () => {
  const store = memoryStore();
  const reached = async () => {
    if (away) throw new ProviderUnavailableError('The store is away.');
  };
  issuer = await startIssuer({
    dpop: true,
    pushedAuthorizationRequests: 'required',
    rateLimits: { pushedRequests: { requests: 1, seconds: 3600 } },
    store: {
      ...store,
      read: (...record) => reached().then(() => store.read(...record)),
      write: (...record) => reached().then(() => store.write(...record)),
    },
  });
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());
afterEach(() => {
  away = false;
});

/** Redeems the code with a proof of this key, or none. */
async function redeem({ url, verifier }: Pushed, by?: Prover) {
  const back = await formBrowser().authorize(url, ada);
  const form = {
    grant_type: 'authorization_code',
    client_id: client,
    code: back.searchParams.get('code') ?? '',
    code_verifier: verifier,
  };
  return ask(issuer, form, by);
}

describe('where requests must be pushed', () => {
  it('the metadata says so (AS-11, AS-126)', async () => {
    const url = `${issuer.issuer}/.well-known/oauth-authorization-server`;
    expect(await (await fetch(url)).json()).toMatchObject({
      pushed_authorization_request_endpoint: `${issuer.issuer}/par`,
      require_pushed_authorization_requests: true,
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
    });
  });

  it('any other is refused, and the client is told with state and iss (AS-126, AS-71)', async () => {
    const { challenge } = pkce();
    const url = authorizationUrl(issuer, { client_id: client, code_challenge: challenge });
    const { leadsTo } = await formBrowser().open(url);
    expect(`${leadsTo?.origin}${leadsTo?.pathname}`).toBe(callback);
    expect(Object.fromEntries(leadsTo?.searchParams ?? [])).toEqual({
      error: 'invalid_request',
      error_description: 'Pushed Authorization Request must be used',
      state: 'state-1',
      iss: issuer.issuer,
    });
  });
});

describe('whether requests must be pushed', () => {
  const direct = (at: TestIssuer, client_id: string) => {
    const url = authorizationUrl(at, { client_id, code_challenge: pkce().challenge });
    return formBrowser().open(url);
  };

  it('is for the operator to change, also for clients of before (AS-126)', async () => {
    const store = memoryStore();
    const shared = { store: { ...store, close: async () => {} } };
    const strict = await startIssuer({ ...shared, pushedAuthorizationRequests: 'required' });
    const { body } = await register(strict);
    expect(body.require_pushed_authorization_requests).toBe(false);
    await strict.close();
    const lax = await startIssuer({ ...shared, pushedAuthorizationRequests: true });
    expect((await direct(lax, body.client_id)).status).toBe(200);
    await lax.close();
    await store.close();
  });

  it('is for a client to ask, for itself (AS-126)', async () => {
    const lax = await startIssuer({ pushedAuthorizationRequests: true });
    const wish = { require_pushed_authorization_requests: true };
    const { body } = await register(lax, wish);
    expect(body).toMatchObject(wish);
    const { leadsTo } = await direct(lax, body.client_id);
    expect(leadsTo?.searchParams.get('error')).toBe('invalid_request');
    expect((await push(lax, { client_id: body.client_id })).status).toBe(201);
    const { status } = await register(lax, { require_pushed_authorization_requests: 'yes' });
    expect(status).toBe(400);
    await lax.close();
  });
});

describe('a pushed request with a key', () => {
  it('binds the code to it, named by dpop_jkt, proven in the header, or both (EXT-44)', async () => {
    const [key, other] = await Promise.all([prover(), prover()]);
    const proven = async () => ({ dpop: await key.prove(`${issuer.issuer}/par`) });
    const named = { client_id: client, dpop_jkt: key.jkt };
    for (const pushed of [
      await push(issuer, named),
      await push(issuer, { client_id: client }, await proven()),
      await push(issuer, named, await proven()),
    ]) {
      expect(pushed.status).toBe(201);
      const { body } = await redeem(pushed, key);
      expect(claimsOf(String(body.access_token)).cnf).toEqual({ jkt: key.jkt });
    }
    for (const by of [other, undefined]) {
      const pushed = await push(issuer, { client_id: client }, await proven());
      expect(await redeem(pushed, by)).toMatchObject({ body: { error: 'invalid_grant' } });
    }
  });

  it('is refused where the two differ, and where the proof is bad or used (EXT-44, EXT-43, ATK-52)', async () => {
    const [key, other] = await Promise.all([prover(), prover()]);
    const dpop = await key.prove(`${issuer.issuer}/par`);
    const differs = await push(issuer, { client_id: client, dpop_jkt: other.jkt }, { dpop });
    expect([differs.status, differs.body]).toEqual([
      400,
      {
        error: 'invalid_request',
        error_description: 'DPoP proof key thumbprint does not match dpop_jkt',
      },
    ]);
    const none = await push(issuer, { client_id: client, dpop_jkt: key.jkt.slice(1) });
    expect([none.status, none.body]).toEqual([
      400,
      { error: 'invalid_request', error_description: 'dpop_jkt is no SHA-256 thumbprint' },
    ]);
    const used = await push(issuer, { client_id: client }, { dpop });
    expect([used.status, used.body]).toEqual([
      400,
      { error: 'invalid_dpop_proof', error_description: 'DPoP proof was used before' },
    ]);
    const forToken = await key.prove(`${issuer.issuer}/token`);
    const wrong = await push(issuer, { client_id: client }, { dpop: forToken });
    expect([wrong.status, wrong.body]).toEqual([
      400,
      { error: 'invalid_dpop_proof', error_description: 'DPoP proof htu mismatch' },
    ]);
  });
});

describe('a pushed request that nobody can take', () => {
  it('is answered 503 while the store is away, and so is its reference (AS-126)', async () => {
    const { url } = await push(issuer, { client_id: client });
    away = true;
    const { status, headers, body } = await push(issuer, { client_id: client });
    expect([status, headers.get('retry-after'), body]).toEqual([
      503,
      '5',
      {
        error: 'temporarily_unavailable',
        error_description: 'The authorization server cannot answer now; try again soon',
      },
    ]);
    expect((await formBrowser().open(url)).status).toBe(503);
    away = false;
    expect((await formBrowser().authorize(url, ada)).searchParams.has('code')).toBe(true);
  });

  it('is answered 429 where there are too many (AS-126)', async () => {
    // One for an address is twenty for everybody, where addresses are not known.
    for (let n = 0; n < 20; n += 1) await push(issuer, { client_id: client });
    const { status, headers, body } = await push(issuer, { client_id: client });
    const wait = Number(headers.get('retry-after'));
    expect([status, wait > 0, body]).toEqual([
      429,
      true,
      { error: 'too_many_requests', error_description: `Too many requests; wait ${wait} s` },
    ]);
  });
});
