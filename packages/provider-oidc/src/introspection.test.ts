import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthError, type Principal, type Rejection } from '@portcullis/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { IntrospectionOptions, OidcProviderOptions } from './oidc-options.js';
import { oidcProvider } from './oidc-provider.js';
import { keycloak } from './presets/keycloak.js';
import { createFakeOidc, type FakeOidc, type FakeOidcOptions } from './testing/index.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function setUp(
  change: Partial<IntrospectionOptions> = {},
  more: Partial<OidcProviderOptions> = {},
  fakeOptions: FakeOidcOptions = {},
) {
  const fake = await createFakeOidc({ opaque: true, ...fakeOptions });
  closing.push(fake.close);
  const reports: string[] = [];
  const { clientId, clientSecret } = fake.introspector;
  const provider = oidcProvider({
    issuer: fake.issuer,
    introspection: { clientId, clientSecret, ...change },
    report: (message) => reports.push(message),
    timeoutMs: 200,
    retryAfter: 0,
    ...more,
  });
  const verify = (value: string, now = Math.floor(Date.now() / 1000)) => {
    const context = { resource: fake.resource, now, signal: AbortSignal.timeout(10_000) };
    return provider.verify({ scheme: 'Bearer', value }, context);
  };
  return { fake, provider, reports, verify };
}

const code = (answer: Principal | Rejection) =>
  answer.kind === 'rejection' ? answer.code : 'accepted';
const asked = (fake: FakeOidc) => fake.requests.filter(({ path }) => path === '/introspect').length;
const now = () => Math.floor(Date.now() / 1000);

async function outageOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    (value) => expect.fail(`An answer: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  expect(AuthError.isInstance(error) && error.code).toBe('PROVIDER_UNAVAILABLE');
  return (error as Error).message;
}

describe('introspection (RFC 7662)', () => {
  it('makes a principal of an opaque token, for 30 seconds (RS-61)', async () => {
    const { fake, verify } = await setUp();
    const at = now();
    const token = await fake.mint({ scopes: ['mcp:tools:weather'] });
    const principal = await verify(token, at);
    expect(principal).toMatchObject({
      kind: 'principal',
      actor: 'user',
      issuer: fake.issuer,
      subject: 'user-1',
      clientId: 'client-1',
      scopes: ['mcp:tools:weather'],
      freshUntil: at + 30,
    });
    expect(JSON.stringify(principal)).not.toContain(token);
  });

  it('asks in the way of the RFC, with form-encoded Basic credentials (RFC 6749 §2.3.1)', async () => {
    const introspector = { clientId: 'mcp server:1', clientSecret: 'ü%+ &=:x' };
    const { fake, verify } = await setUp(introspector, {}, { introspector });
    const token = await fake.mint();
    expect(code(await verify(token))).toBe('accepted');
    expect(fake.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/introspect',
      headers: { accept: 'application/json', authorization: 'Basic' },
      body: { token, token_type_hint: 'access_token' },
    });
    expect(fake.requests.at(-1)?.body).not.toHaveProperty('client_secret');
  });

  it('puts its secret into the form where the issuer wants it there', async () => {
    const { fake, verify } = await setUp({ authMethod: 'client_secret_post' });
    expect(code(await verify(await fake.mint()))).toBe('accepted');
    const { headers, body } = fake.requests.at(-1) ?? { headers: {}, body: {} };
    expect(headers).not.toHaveProperty('authorization');
    expect(body).toMatchObject({ client_id: 'resource-server', client_secret: 'resource-secret' });
  });

  it('asks a fixed endpoint without looking for metadata', async () => {
    const { fake } = await setUp();
    const { clientId, clientSecret } = fake.introspector;
    const endpoint = fake.introspectionEndpoint;
    const provider = oidcProvider({
      issuer: fake.issuer,
      introspection: { clientId, clientSecret, endpoint },
    });
    const context = { resource: fake.resource, now: now(), signal: AbortSignal.timeout(1000) };
    const value = await fake.mint();
    expect(code(await provider.verify({ scheme: 'Bearer', value }, context))).toBe('accepted');
    expect(fake.count('metadata')).toBe(0);
  });

  it('looks for metadata once, for however many tokens', async () => {
    const { fake, verify } = await setUp();
    const tokens = await Promise.all(Array.from({ length: 5 }, () => fake.mint()));
    await Promise.all(tokens.map((token) => verify(token)));
    await verify(await fake.mint());
    expect(fake.count('metadata')).toBe(1);
  });

  it('tells a client that acts for itself from a user (RS-64)', async () => {
    const { fake, verify } = await setUp();
    expect(await verify(await fake.mintForClient('machine-1'))).toMatchObject({ actor: 'client' });
  });

  it.each([
    ['revoked', 'token_revoked', {}],
    ['for another server', 'audience_mismatch', { aud: 'https://other.example.com/mcp' }],
    ['for the parent of this server', 'audience_mismatch', { aud: 'https://mcp.example.com' }],
    ['for nobody', 'audience_mismatch', { aud: undefined }],
    ['of another issuer', 'issuer_unknown', { iss: 'https://other.example.com' }],
    ['without an end', 'claims_invalid', { exp: undefined }],
    ['without a subject', 'claims_invalid', { sub: undefined }],
    ['without a client', 'claims_invalid', { client_id: undefined }],
    ['that is a refresh token', 'claims_invalid', { token_use: 'refresh_token' }],
    ['of a type that is none', 'claims_invalid', { token_type: 'Refresh' }],
    ['bound to a certificate', 'claims_invalid', { cnf: { 'x5t#S256': 'x'.repeat(43) } }],
    ['bound to a key that is not named', 'claims_invalid', { token_type: 'DPoP' }],
    ['with scopes that are none', 'claims_invalid', { scope: 'a  b' }],
  ])('refuses a token %s (RS-61, ATK-50)', async (what, expected, claims) => {
    const { fake, verify } = await setUp();
    const token = await fake.mint({ claims });
    if (what === 'revoked') fake.revoke(token);
    expect(code(await verify(token))).toBe(expected);
  });

  it('refuses a token that the issuer calls active after its end', async () => {
    const { fake, verify } = await setUp();
    fake.introspectWith({ active: true, aud: fake.resource, sub: 'a', client_id: 'b', exp: 1 });
    expect(code(await verify('some-token'))).toBe('token_expired');
    fake.introspectWith({ active: false, exp: 1 });
    expect(code(await verify('some-token'))).toBe('token_expired');
  });

  it('tells a person from a service account by what Keycloak answers', async () => {
    const { fake } = await setUp({}, {}, { shape: 'keycloak' });
    const preset = keycloak({ baseUrl: fake.origin, realm: 'finance' });
    const provider = oidcProvider({ ...preset, introspection: fake.introspector });
    const ask = (value: string) => {
      const context = { resource: fake.resource, now: now(), signal: AbortSignal.timeout(1000) };
      return provider.verify({ scheme: 'Bearer', value }, context);
    };
    expect(await ask(await fake.mint())).toMatchObject({ actor: 'user', subject: 'user-1' });
    expect(await ask(await fake.mintForClient('robot'))).toMatchObject({
      actor: 'client',
      clientId: 'robot',
    });
    // Keycloak answers for its refresh tokens too.
    const refresh = await fake.mint({ claims: { typ: 'Refresh' } });
    expect(code(await ask(refresh))).toBe('claims_invalid');
  });

  it('hands a DPoP binding on', async () => {
    const { fake, verify } = await setUp();
    const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
    const token = await fake.mint({ claims: { cnf: { jkt } } });
    expect(await verify(token)).toMatchObject({ confirmation: { jkt } });
  });

  it('names a token by its "jti" where that is short, otherwise by a digest', async () => {
    const { fake, verify } = await setUp();
    const short = await verify(await fake.mint({ claims: { jti: 'token-1' } }));
    expect(short).toMatchObject({ tokenId: 'token-1' });
    for (const jti of ['x'.repeat(257), '', undefined, 7]) {
      const answer = await verify(await fake.mint({ claims: { jti } }));
      if (jti === 7) expect(code(answer)).toBe('claims_invalid');
      else expect(answer).toMatchObject({ tokenId: expect.stringMatching(/^sha256:/) });
    }
  });

  it('does not tell operators to set up what is set up', async () => {
    const { verify, reports } = await setUp();
    expect(code(await verify('not.a.jwt'))).toBe('token_malformed');
    expect(reports).toEqual([]);
  });

  it('sends no token that cannot be one', async () => {
    const { fake, verify } = await setUp();
    for (const token of ['a b', 'a\nb', 'ä', 'x'.repeat(12_289), '']) {
      expect(code(await verify(token))).toBe('token_malformed');
    }
    expect(asked(fake)).toBe(0);
  });

  it('never sends a JWT of another issuer, nor one that nobody signed', async () => {
    const { fake, verify } = await setUp({ always: true });
    const stranger = await createFakeOidc();
    closing.push(stranger.close);
    expect(code(await verify(await stranger.mint()))).toBe('signature_invalid');
    const foreign = await fake.sign({ iss: stranger.issuer }, { header: { typ: 'at+jwt' } });
    expect(code(await verify(foreign))).toBe('issuer_unknown');
    expect(asked(fake)).toBe(0);
  });
});

describe('introspection of JWTs too', () => {
  const jwts = { opaque: false };

  it('is not done unless it is asked for', async () => {
    const { fake, verify } = await setUp({}, {}, jwts);
    const token = await fake.mint();
    fake.revoke(token);
    expect(code(await verify(token))).toBe('accepted');
    expect(asked(fake)).toBe(0);
  });

  it('heeds a revocation at once where nothing is remembered', async () => {
    const { fake, verify } = await setUp({ always: true, rememberSeconds: 0 }, {}, jwts);
    const at = now();
    const token = await fake.mint();
    expect(await verify(token, at)).toMatchObject({ kind: 'principal', freshUntil: at });
    fake.revoke(token);
    expect(await verify(token)).toMatchObject({ kind: 'rejection', code: 'token_revoked' });
  });
});

describe('an introspection endpoint that gives no answer is an outage, never a verdict', () => {
  it.each([
    ['down', 'The introspection endpoint could not be reached.'],
    ['hang', 'The introspection endpoint gave no full answer within 200 ms.'],
    ['trickle', 'The introspection endpoint gave no full answer within 200 ms.'],
    ['status_500', 'The introspection endpoint answered with status 500.'],
    ['html', 'The introspection endpoint answered with no JSON.'],
    ['empty', 'The introspection endpoint gave no valid answer.'],
    ['redirect', 'The introspection endpoint answered with status 302.'],
    ['huge', 'The introspection endpoint answered with more than 262144 bytes.'],
  ] as const)('%s', async (fault, message) => {
    const { fake, verify, reports } = await setUp();
    const token = await fake.mint();
    fake.breakWith(fault, 'other');
    expect(await outageOf(verify(token))).toBe(message);
    expect(reports).toEqual([message]);
    expect(fake.redirected()).toBe(0);
    fake.repair();
    expect(code(await verify(token))).toBe('accepted');
  });

  it.each<[string, unknown]>([
    ['"true" in words (ATK-50)', { active: 'true' }],
    ['1', { active: 1 }],
    ['nothing', {}],
    ['a list', [{ active: true }]],
    ['a word', 'active'],
  ])('%s for "active"', async (_, body) => {
    const { fake, verify } = await setUp();
    fake.introspectWith(body);
    const message = await outageOf(verify('some-token'));
    expect(message).toBe('The introspection endpoint gave no valid answer.');
  });

  it('a refusal of our own credentials', async () => {
    const { fake, verify, reports } = await setUp({ clientSecret: 'wrong-secret' });
    const message = await outageOf(verify(await fake.mint()));
    expect(message).toBe('The introspection endpoint refuses our client id and secret.');
    expect(reports).toEqual([message]);
  });

  it.each([
    [403, 'The introspection endpoint refuses our client id and secret.'],
    [400, 'The introspection endpoint answered with status 400.'],
  ])('a status of %i', async (status, expected) => {
    const fetch = async () => Response.json({ active: false }, { status });
    const { verify } = await setUp({ endpoint: 'https://login.example.com/ask' }, { fetch });
    expect(await outageOf(verify('some-token'))).toBe(expected);
  });

  it('an endpoint that moved, which is looked for again', async () => {
    const issuer = 'https://login.example.com';
    let place = `${issuer}/old`;
    const fetch = async (url: string) => {
      if (url.includes('/.well-known/')) {
        return Response.json({ issuer, introspection_endpoint: place });
      }
      return url === `${issuer}/old`
        ? new Response(null, { status: 502 })
        : Response.json({ active: false });
    };
    const { verify } = await setUp({}, { issuer, fetch });
    await outageOf(verify('some-token'));
    place = `${issuer}/new`;
    expect(code(await verify('some-token'))).toBe('token_revoked');
  });

  it('an answer that never ends', async () => {
    const endless = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write('{"active":true,'.repeat(4096)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      endless.closeAllConnections();
      endless.close();
    });
    const { port } = endless.address() as AddressInfo;
    const { verify } = await setUp({ endpoint: `http://127.0.0.1:${port}/` }, { timeoutMs: 5000 });
    const message = await outageOf(verify('some-token'));
    expect(message).toBe('The introspection endpoint answered with more than 262144 bytes.');
  });

  it('metadata without an endpoint that is safe to ask', async () => {
    const { fake } = await setUp();
    const { clientId, clientSecret } = fake.introspector;
    // Nor may an issuer elsewhere send our secret to a port of our own machine.
    const issuer = 'https://login.example.com';
    const document = { issuer, introspection_endpoint: 'http://127.0.0.1:9999/spy' };
    const provider = oidcProvider({
      issuer,
      introspection: { clientId, clientSecret },
      fetch: async () => Response.json(document),
    });
    const context = { resource: fake.resource, now: now(), signal: AbortSignal.timeout(1000) };
    const answer = provider.verify({ scheme: 'Bearer', value: 'some-token' }, context);
    const message = 'The metadata has no "introspection_endpoint" that uses HTTPS.';
    expect(await outageOf(answer)).toBe(message);
  });

  it('a caller that gave up', async () => {
    const { fake, provider } = await setUp({}, { timeoutMs: 5000 });
    const value = await fake.mint();
    fake.breakWith('hang', 'other');
    const context = { resource: fake.resource, now: now(), signal: AbortSignal.timeout(50) };
    const started = performance.now();
    await outageOf(provider.verify({ scheme: 'Bearer', value }, context));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
