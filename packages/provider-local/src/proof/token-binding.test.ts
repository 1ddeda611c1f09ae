import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authorizationUrl,
  callback,
  claimsOf,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { ask, type Prover, prover, refreshForm, signIn } from './proof.harness.js';

const secret = 's'.repeat(32);
const authentication = { method: 'client_secret_post', secret } as const;
const scopes = ['mcp:tools:weather'];

let issuer: TestIssuer;
let client: string;
let key: Prover;
let other: Prover;
beforeAll(async () => {
  [key, other] = await Promise.all([prover(), prover()]);
  issuer = await startIssuer({
    dpop: true,
    resources: [
      {
        resource: 'https://weather.example/mcp',
        name: 'Weather',
        scopes: vocabulary,
        server: {
          clientId: 'mcp-server',
          authentication: { method: 'client_secret_post', secret },
        },
      },
    ],
    clients: [
      { clientId: 'robot', name: 'Robot', scopes, authentication },
      {
        clientId: 'bound',
        name: 'Bound',
        scopes,
        authentication,
        dpopBoundAccessTokens: true,
      },
      {
        clientId: 'signer',
        name: 'Signer',
        scopes,
        authentication: { method: 'private_key_jwt', jwks: { keys: [key.jwk] } },
      },
      { clientId: 'web', name: 'Web', redirectUris: [callback], scopes, authentication },
    ],
  });
  issuer = { ...issuer, resource: 'https://weather.example/mcp' };
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());

const refused = (error: string) => ({ status: 400, body: { error } });
const machine = (client_id: string) => ({
  grant_type: 'client_credentials',
  client_id,
  client_secret: secret,
});
const noProof = {
  status: 400,
  body: {
    error: 'invalid_dpop_proof',
    error_description: 'the client must prove possession of its key with a DPoP header',
  },
};

describe('a token request with a proof', () => {
  it('gets tokens that are bound to its key (EXT-41, EXT-42)', async () => {
    const { status, headers, body } = await ask(issuer, await signIn(issuer, client), key);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 300,
      refresh_token: expect.any(String),
      scope: expect.any(String),
      token_type: 'DPoP',
    });
    expect(claimsOf(String(body.access_token)).cnf).toEqual({ jkt: key.jkt });
    const verified = await issuer.provider.verify(
      { scheme: 'DPoP', value: String(body.access_token) },
      { resource: issuer.resource, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) },
    );
    expect(verified).toMatchObject({ kind: 'principal', confirmation: { jkt: key.jkt } });
  });

  it.each(['EdDSA', 'RS256'])('may be signed with %s (EXT-40)', async (alg) => {
    const another = await prover(alg);
    const { body } = await ask(issuer, machine('robot'), another);
    expect(claimsOf(String(body.access_token)).cnf).toEqual({ jkt: another.jkt });
  });

  it('gets a token of the client itself bound too (EXT-41)', async () => {
    const { status, body } = await ask(issuer, machine('robot'), key);
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        expires_in: 300,
        scope: 'mcp:tools:weather',
        token_type: 'DPoP',
      },
    ]);
    expect(claimsOf(String(body.access_token)).cnf).toEqual({ jkt: key.jkt });
  });

  it('is told as bound when it is introspected (EXT-41, AS-124)', async () => {
    const { body } = await ask(issuer, machine('robot'), key);
    const form = { client_id: 'mcp-server', client_secret: secret };
    const token = String(body.access_token);
    const told = await post(`${issuer.issuer}/introspect`, { ...form, token });
    expect(told.body).toMatchObject({ active: true, cnf: { jkt: key.jkt }, token_type: 'DPoP' });
  });
});

it('may have a proof with the jti of its client assertion, and each works once (EXT-45, AS-93)', async () => {
  const jti = 'one';
  const assertion = await new SignJWT({ jti })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer('signer')
    .setSubject('signer')
    .setAudience(issuer.issuer)
    .setExpirationTime('1m')
    .sign(key.keys.privateKey);
  const form = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
  expect((await ask(issuer, form, key, { jti })).body.token_type).toBe('DPoP');
  expect(await ask(issuer, form, key)).toMatchObject({
    status: 401,
    body: { error: 'invalid_client' },
  });
});

describe('a token request without a proof', () => {
  it('gets bearer tokens', async () => {
    const { body } = await ask(issuer, await signIn(issuer, client));
    expect(body.token_type).toBe('Bearer');
    expect(claimsOf(String(body.access_token)).cnf).toBeUndefined();
    expect((await ask(issuer, machine('robot'))).body.token_type).toBe('Bearer');
  });

  it('is refused of a client whose tokens are always bound, and takes nothing from it (EXT-42)', async () => {
    expect(await ask(issuer, machine('bound'))).toMatchObject(noProof);
    const metadata = { dpop_bound_access_tokens: true };
    const { body: registered } = await register(issuer, metadata);
    expect(registered).toMatchObject(metadata);
    const form = await signIn(issuer, registered.client_id);
    expect(await ask(issuer, form)).toMatchObject(noProof);
    const first = await ask(issuer, form, key);
    expect(first.body.token_type).toBe('DPoP');
    const again = refreshForm(registered.client_id, first);
    expect(await ask(issuer, again)).toMatchObject(noProof);
    expect((await ask(issuer, again, key)).status).toBe(200);
    expect((await ask(issuer, machine('bound'), key)).body.token_type).toBe('DPoP');
  });
});

describe('the refresh token', () => {
  it('of a public client is of no use without its key, and not used up by whoever tries (EXT-42)', async () => {
    const first = await ask(issuer, await signIn(issuer, client), key);
    const form = refreshForm(client, first);
    expect(await ask(issuer, form)).toMatchObject(refused('invalid_grant'));
    expect(await ask(issuer, form, other)).toMatchObject(refused('invalid_grant'));
    const second = await ask(issuer, form, key);
    expect(second.body.token_type).toBe('DPoP');
    expect(claimsOf(String(second.body.access_token)).cnf).toEqual({ jkt: key.jkt });
    // Within the grace of a used token, the key counts no less.
    expect(await ask(issuer, form)).toMatchObject(refused('invalid_grant'));
    expect(await ask(issuer, form, other)).toMatchObject(refused('invalid_grant'));
    expect((await ask(issuer, form, key)).body.refresh_token).toBe(second.body.refresh_token);
    expect((await ask(issuer, refreshForm(client, second), key)).status).toBe(200);
  });

  it('of a public client is bound from its first proof on, also where it had none before (EXT-42)', async () => {
    const unbound = await ask(issuer, await signIn(issuer, client));
    const form = refreshForm(client, unbound);
    const bound = await ask(issuer, form, key);
    expect(bound.body.token_type).toBe('DPoP');
    expect((await ask(issuer, form, key)).body.refresh_token).toBe(bound.body.refresh_token);
    const next = refreshForm(client, bound);
    expect(await ask(issuer, next)).toMatchObject(refused('invalid_grant'));
    expect(await ask(issuer, next, other)).toMatchObject(refused('invalid_grant'));
    expect((await ask(issuer, next, key)).body.token_type).toBe('DPoP');
  });

  it('of a client with a secret goes with any key of its own, each answer with one (EXT-42, AS-104)', async () => {
    const withSecret = (form: Record<string, string>) => ({ ...form, client_secret: secret });
    const first = await ask(issuer, withSecret(await signIn(issuer, 'web')), key);
    const form = withSecret(refreshForm('web', first));
    const second = await ask(issuer, form, other);
    expect(claimsOf(String(second.body.access_token)).cnf).toEqual({ jkt: other.jkt });
    // The answer is bound to one key: it is no repetition for another, nor for none.
    expect(await ask(issuer, form, key)).toMatchObject(refused('invalid_grant'));
    expect(await ask(issuer, form)).toMatchObject(refused('invalid_grant'));
    expect((await ask(issuer, form, other)).body).toMatchObject({
      access_token: second.body.access_token,
      token_type: 'DPoP',
    });
    const next = withSecret(refreshForm('web', second));
    expect((await ask(issuer, next, key)).body.token_type).toBe('DPoP');
  });
});

describe('an authorization request with dpop_jkt', () => {
  it('binds its code to that key (EXT-44)', async () => {
    const parameters = { dpop_jkt: key.jkt };
    expect(await ask(issuer, await signIn(issuer, client, parameters), other)).toMatchObject(
      refused('invalid_grant'),
    );
    expect(await ask(issuer, await signIn(issuer, client, parameters))).toMatchObject(
      refused('invalid_grant'),
    );
    const { body } = await ask(issuer, await signIn(issuer, client, parameters), key);
    expect(body.token_type).toBe('DPoP');
  });

  it('that is no thumbprint is refused before anybody signs in for nothing (EXT-44)', async () => {
    const short = key.jkt.slice(1);
    for (const dpop_jkt of [short, `${key.jkt}A`, `${short}+`, 'x'.repeat(4000)]) {
      const code_challenge = pkce().challenge;
      const url = authorizationUrl(issuer, { client_id: client, code_challenge, dpop_jkt });
      const { status, leadsTo, forms } = await formBrowser().open(url);
      expect([status, leadsTo, forms]).toEqual([400, undefined, []]);
    }
  });
});

describe('where DPoP is off', () => {
  it('proofs and all that belongs to them are passed over (EXT-40)', async () => {
    const robot = { clientId: 'robot', name: 'Robot', scopes: ['mcp:tools:weather'] };
    const clients = [{ ...robot, authentication }];
    const plain = await startIssuer({ clients });
    expect((await ask(plain, machine('robot'), key)).body.token_type).toBe('Bearer');
    const garbage = await post(`${plain.issuer}/token`, machine('robot'), { dpop: 'a, b' });
    expect(garbage.body.token_type).toBe('Bearer');
    const { body } = await register(plain, { dpop_bound_access_tokens: true });
    expect(body).not.toHaveProperty('dpop_bound_access_tokens');
    for (const dpop_jkt of [key.jkt, 'x']) {
      const form = await signIn(plain, body.client_id, { dpop_jkt });
      expect((await ask(plain, form, key)).body.token_type).toBe('Bearer');
    }
    await plain.close();
  });
});
