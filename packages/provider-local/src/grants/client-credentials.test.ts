import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, post, rawPost, startIssuer, type TestIssuer } from '../issuer.harness.js';

type Key = Awaited<ReturnType<typeof generateKeyPair>>;
const secret = 'a-secret-of-more-than-22-characters';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let issuer: TestIssuer;
let ours: Key;
let theirs: Key;
beforeAll(async () => {
  ours = await generateKeyPair('ES256', { extractable: true });
  theirs = await generateKeyPair('ES256', { extractable: true });
  const jwk = async ({ publicKey }: Key) => ({
    ...(await exportJWK(publicKey)),
    kid: 'k1',
    alg: 'ES256',
  });
  const scopes = ['mcp:exec:workflows:*', 'mcp:tools:weather'];
  issuer = await startIssuer({
    clients: [
      {
        clientId: 'robot',
        name: 'Robot',
        scopes,
        authentication: { method: 'private_key_jwt', jwks: { keys: [await jwk(ours)] } },
      },
      {
        clientId: 'other-robot',
        name: 'Other Robot',
        scopes,
        authentication: { method: 'private_key_jwt', jwks: { keys: [await jwk(theirs)] } },
      },
      {
        clientId: 'basic',
        name: 'Basic',
        scopes,
        authentication: { method: 'client_secret_basic', secret },
      },
      {
        clientId: 'post',
        name: 'Post',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_post', secret },
      },
      {
        clientId: 'signs-in-only',
        name: 'Web',
        redirectUris: ['https://app.example/cb'],
        scopes,
        authentication: { method: 'client_secret_post', secret },
      },
    ],
  });
});
afterAll(() => issuer.close());

interface Change {
  readonly claims?: JWTPayload;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey | Uint8Array;
}
async function assertion({ claims, header, key = ours.privateKey }: Change = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: 'robot',
    sub: 'robot',
    aud: issuer.issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(sent).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key);
}
const machine = (form: Readonly<Record<string, string>>, headers = {}) =>
  post(`${issuer.issuer}/token`, { grant_type: 'client_credentials', ...form }, headers);
const signed = async (change: Change = {}, form: Readonly<Record<string, string>> = {}) =>
  machine({
    client_assertion_type: assertionType,
    client_assertion: await assertion(change),
    ...form,
  });

describe('a machine token', () => {
  it('names the client, has no refresh token and says so (EXT-03, EXT-05, EXT-06, AS-95)', async () => {
    const { status, body } = await signed();
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 300,
      scope: 'mcp:exec:workflows:* mcp:tools:weather',
      token_type: 'Bearer',
    });
    const claims = claimsOf(String(body.access_token));
    expect(claims).toEqual({
      iss: issuer.issuer,
      sub: 'robot',
      aud: issuer.resource,
      client_id: 'robot',
      scope: 'mcp:exec:workflows:* mcp:tools:weather',
      iat: expect.any(Number),
      exp: Number(claims.iat) + 300,
      jti: expect.any(String),
    });
    expect(issuer.events().at(-1)).toMatchObject({ type: 'token_issued', clientId: 'robot' });
  });

  it('is what was asked for and allowed, cut out by the vocabulary', async () => {
    const scope = async (asked: string) => {
      const { status, body } = await signed({}, { scope: asked });
      return status === 200 ? body.scope : body.error;
    };
    expect(await scope('mcp:exec:workflows:report')).toBe('mcp:exec:workflows:report');
    expect(await scope('mcp:exec:*')).toBe('mcp:exec:workflows:*');
    expect(await scope('mcp:tools:*')).toBe('mcp:tools:weather');
    expect(await scope('mcp:tools:pay mcp:tools:weather')).toBe('mcp:tools:weather');
    expect(await scope('mcp:tools:pay')).toBe('invalid_scope');
    expect(await scope('mcp:tools:weather2')).toBe('invalid_scope');
    expect(await scope('openid')).toBe('invalid_scope');
  });

  it('comes for a secret in the header or in the body (EXT-04, AS-93)', async () => {
    const authorization = `Basic ${Buffer.from(`basic:${secret}`).toString('base64')}`;
    expect((await machine({}, { authorization })).status).toBe(200);
    const body = await machine({ client_id: 'post', client_secret: secret });
    expect(body.body.scope).toBe('mcp:tools:weather');
    const wrong = await machine({ client_id: 'post', client_secret: `${secret}x` });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
  });

  it('is on the record where no resource was named, before it is issued (REV-06)', async () => {
    const recorded = async (form: Record<string, string>) => {
      const before = issuer.events().length;
      await machine({ client_id: 'post', client_secret: secret, ...form });
      return issuer.events().slice(before);
    };
    const [defaulted, issued] = await recorded({});
    expect(defaulted).toMatchObject({
      type: 'resource_defaulted',
      clientId: 'post',
      detail: issuer.resource,
    });
    expect(issued).toMatchObject({ type: 'token_issued', requestId: defaulted?.requestId });
    const named = await recorded({ resource: issuer.resource });
    expect(named.map(({ type }) => type)).toEqual(['token_issued']);
  });

  it('is not for a client that the operator let only sign people in (AS-92)', async () => {
    const { status, body } = await machine({ client_id: 'signs-in-only', client_secret: secret });
    expect([status, body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('is for one known resource (EXT-05, AS-101)', async () => {
    const { status, body } = await signed({}, { resource: 'https://evil.example' });
    expect([status, body.error]).toEqual([400, 'invalid_target']);
    const two = await fetch(`${issuer.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams([
        ['grant_type', 'client_credentials'],
        ['client_id', 'post'],
        ['client_secret', secret],
        ['resource', issuer.resource],
        ['resource', 'https://evil.example'],
      ]),
    });
    expect(await two.json()).toMatchObject({ error: 'invalid_target' });
  });

  it('is a client to the gate, and no step-up could widen it (EXT-06)', async () => {
    const { body } = await signed();
    const answer = await issuer.provider.verify(
      { scheme: 'Bearer', value: String(body.access_token) },
      { resource: issuer.resource, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) },
    );
    if (answer.kind !== 'principal') throw new Error(answer.detail);
    expect([answer.actor, answer.subject, answer.clientId]).toEqual(['client', 'robot', 'robot']);
    expect(issuer.provider.obtainable?.(answer, ['mcp:tools:pay'])).toBe(false);
  });
});

describe('a client assertion', () => {
  const now = Math.floor(Date.now() / 1000);
  const refused: readonly (readonly [string, () => Change])[] = [
    ['for the token endpoint (AS-96)', () => ({ claims: { aud: `${issuer.issuer}/token` } })],
    ['for another server', () => ({ claims: { aud: 'https://evil.example' } })],
    ['for a list of audiences', () => ({ claims: { aud: [issuer.issuer] } })],
    ['without an audience', () => ({ claims: { aud: undefined } as never })],
    ['without an end', () => ({ claims: { exp: undefined } as never })],
    ['that ended', () => ({ claims: { exp: now - 60 } })],
    ['that ended, by less than the engine would forgive', () => ({ claims: { exp: now - 10 } })],
    ['that ends next year', () => ({ claims: { exp: now + 31_536_000 } })],
    ['without an id', () => ({ claims: { jti: undefined } as never })],
    ['with an id without end', () => ({ claims: { jti: 'x'.repeat(257) } })],
    ['with another subject', () => ({ claims: { sub: 'other-robot' } })],
    ['of another issuer', () => ({ claims: { iss: 'other-robot' } })],
    ["signed with another client's key", () => ({ key: theirs.privateKey })],
    ['of another type', () => ({ header: { typ: 'at+jwt' } })],
    ['without a subject', () => ({ claims: { sub: undefined } as never })],
  ];

  it.each(refused)('%s is refused (AS-95, AS-96, ATK-32)', async (_what, change) => {
    const { status, body } = await signed(change());
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('without a signature, or signed with a public key as a secret, is refused (AS-08, ATK-32)', async () => {
    const [, payload = ''] = (await assertion()).split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const text = JSON.stringify(await exportJWK(ours.publicKey));
    const key = await importJWK(
      { kty: 'oct', k: Buffer.from(text).toString('base64url') },
      'HS256',
    );
    const hmac = await assertion({ key, header: { alg: 'HS256' } });
    for (const client_assertion of [none, hmac]) {
      const { status } = await machine({ client_assertion_type: assertionType, client_assertion });
      expect(status).toBe(401);
    }
  });

  it('with the types of the standards is taken (AS-96)', async () => {
    for (const typ of ['JWT', 'client-authentication+jwt']) {
      expect((await signed({ header: { typ } })).status).toBe(200);
    }
  });

  it('is used once, in a race of twenty too (AS-95, ATK-32)', async () => {
    const client_assertion = await assertion();
    const form = { client_assertion_type: assertionType, client_assertion };
    const answers = await Promise.all(Array.from({ length: 20 }, () => machine(form)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await machine(form)).body.error).toBe('invalid_client');
  });

  it('made for the endpoint of a host that the request claims is refused (ATK-84)', async () => {
    const client_assertion = await assertion({ claims: { aud: 'http://evil.example/token' } });
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion,
    };
    const { status } = await rawPost(`${issuer.issuer}/token`, form, {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
    });
    expect(status).toBe(401);
  });

  it('must agree with a client_id beside it (AS-95)', async () => {
    expect((await signed({}, { client_id: 'robot' })).status).toBe(200);
    expect((await signed({}, { client_id: 'basic' })).status).toBe(400);
  });
});
