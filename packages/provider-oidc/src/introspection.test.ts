import { describe, expect, it, onTestFinished } from 'vitest';
import { code, now, setUp } from './introspection.harness.js';
import { oidcProvider } from './oidc-provider.js';
import { keycloak } from './presets/keycloak.js';
import { createFakeOidc, type FakeOidc } from './testing/index.js';

const asked = (fake: FakeOidc) => fake.requests.filter(({ path }) => path === '/introspect').length;

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
    onTestFinished(() => stranger.close());
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
