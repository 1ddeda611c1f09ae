import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawGet, startIssuer, type TestIssuer } from '../issuer.harness.js';

const expected = (issuer: string, resource: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  registration_endpoint: `${issuer}/register`,
  revocation_endpoint: `${issuer}/revoke`,
  jwks_uri: `${issuer}/jwks`,
  scopes_supported: [
    'mcp:tools:weather',
    'mcp:tools:pay',
    'mcp:resources:news:read',
    'mcp:resources:news:write',
  ],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  token_endpoint_auth_methods_supported: [
    'none',
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
  ],
  token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
  revocation_endpoint_auth_methods_supported: [
    'none',
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
  ],
  revocation_endpoint_auth_signing_alg_values_supported: [
    'ES256',
    'EdDSA',
    'Ed25519',
    'PS256',
    'RS256',
  ],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  client_id_metadata_document_supported: true,
  protected_resources: [resource],
});

const openid = {
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
};

describe('metadata of an issuer at the root', () => {
  let issuer: TestIssuer;
  let origin: string;
  beforeAll(async () => {
    issuer = await startIssuer();
    origin = issuer.issuer;
  });
  afterAll(() => issuer.close());

  it('is exactly this (AS-01, AS-03, AS-04, AS-06, AS-07, AS-08, AS-09, AS-10, AS-11, EXT-02, REV-04, REV-05, REV-07, REV-12)', async () => {
    const response = await fetch(`${origin}/.well-known/oauth-authorization-server`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual(expected(origin, issuer.resource));
  });

  it('agrees with the OpenID document (AS-13, REV-04)', async () => {
    const response = await fetch(`${origin}/.well-known/openid-configuration`);
    expect(await response.json()).toEqual({ ...expected(origin, issuer.resource), ...openid });
  });

  it('publishes public keys only, each with kid, use and alg (AS-14)', async () => {
    const response = await fetch(`${origin}/jwks`);
    const { keys } = (await response.json()) as { keys: object[] };
    expect(keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: expect.any(String),
        use: 'sig',
        alg: 'ES256',
      },
    ]);
  });

  it('does not depend on Host or forwarding headers (ATK-84)', async () => {
    const answer = await rawGet(origin, '/.well-known/oauth-authorization-server', {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    });
    expect(JSON.parse(answer.body)).toEqual(expected(origin, issuer.resource));
  });

  it('answers exactly these paths and verbs', async () => {
    const uid = 'x'.repeat(21);
    const paths = [
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
      '/jwks',
      '/authorize',
      `/authorize/${uid}/interaction`,
      `/authorize/${uid}/interaction/switch-account`,
      '/token',
      '/revoke',
      '/register',
      '/portcullis.css',
      '/portcullis.svg',
    ];
    const verbs = await Promise.all(
      paths.map(async (path) => {
        const response = await fetch(`${origin}${path}`, { method: 'DELETE' });
        return `${response.status} ${path.replace(uid, ':uid')} ${response.headers.get('allow')}`;
      }),
    );
    expect(verbs).toEqual([
      '405 /.well-known/oauth-authorization-server GET, HEAD, OPTIONS',
      '405 /.well-known/openid-configuration GET, HEAD, OPTIONS',
      '405 /jwks GET, HEAD, OPTIONS',
      '405 /authorize GET',
      '405 /authorize/:uid/interaction GET, POST',
      '405 /authorize/:uid/interaction/switch-account POST',
      '405 /token POST, OPTIONS',
      '405 /revoke POST, OPTIONS',
      '405 /register POST, OPTIONS',
      '405 /portcullis.css GET, HEAD',
      '405 /portcullis.svg GET, HEAD',
    ]);
  });

  it.each([
    '/request',
    '/me',
    '/userinfo',
    '/device',
    '/device/auth',
    '/backchannel',
    '/session/end',
    '/session/end/confirm',
    '/token/introspection',
    '/introspect',
    '/challenge',
    '/credential',
    '/auth',
    '/reg',
    '/interaction/abc',
    '/authorize/abcdefghijklmnopqrstu',
    '/register/dcr_abc',
    '/',
    '//evil.example/authorize',
  ])('does not answer %s, which the engine may know', async (path) => {
    const answer = await rawGet(origin, path, {});
    expect([answer.status, answer.body]).toEqual([404, '{"error":"not_found"}']);
  });

  it('lets scripts of any origin call all but the pages (AS-15)', async () => {
    const preflight = (path: string) =>
      fetch(`${origin}${path}`, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
      });
    const token = await preflight('/token');
    expect(token.status).toBe(204);
    expect(Object.fromEntries(token.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'Authorization, Content-Type, MCP-Protocol-Version',
    });
    const authorize = await preflight('/authorize');
    expect(authorize.status).toBe(405);
    expect(authorize.headers.get('access-control-allow-origin')).toBeNull();
    const page = await fetch(`${origin}/authorize`, { headers: { origin: 'https://app.example' } });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('metadata of an issuer with a path', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await startIssuer({ path: '/as', dynamicRegistration: false });
  });
  afterAll(() => issuer.close());

  it.each([
    ['/.well-known/oauth-authorization-server/as', {}],
    ['/.well-known/openid-configuration/as', openid],
    ['/as/.well-known/openid-configuration', openid],
  ])('lies at %s and names the right endpoints (AS-02)', async (path, more) => {
    const { origin } = new URL(issuer.issuer);
    const response = await fetch(`${origin}${path}`);
    const { registration_endpoint: _off, ...rest } = expected(issuer.issuer, issuer.resource);
    expect(await response.json()).toEqual({ ...rest, ...more });
  });

  it('answers nothing at the root, and no registration while it is off (AS-11, AS-40, REV-05)', async () => {
    const { origin } = new URL(issuer.issuer);
    for (const path of ['/.well-known/oauth-authorization-server', '/token', '/as/register']) {
      expect((await fetch(`${origin}${path}`, { method: 'POST' })).status).toBe(404);
    }
  });
});
