import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeAuth0, type FakeAuth0 } from './fake-auth0.js';
import { callback, read, signIn, token } from './fake-client.harness.js';
import { addApplication } from './set-up.js';
import type { TenantSettings, TokenDialect } from './tenant.js';

const resource = 'https://mcp.example.com/mcp';
const weather = 'mcp:tools:weather';
const api = { identifier: resource, scopes: [weather, 'mcp:tools:pay'] };

let fake: FakeAuth0;

beforeEach(async () => {
  fake = await createFakeAuth0({ api, clock: () => 1_745_218_940_000 });
});
afterEach(() => fake.close());

const get = async (path: string) => (await fetch(`${fake.issuer}${path}`)).json();

function flag(flags: Partial<TenantSettings['flags']>): void {
  const { settings } = fake.tenant;
  fake.tenant.settings = { ...settings, flags: { ...settings.flags, ...flags } };
}

describe('the metadata', () => {
  it('is one document at two places, and bears the issuer with its slash', async () => {
    const metadata = await get('.well-known/openid-configuration');
    expect(await get('.well-known/oauth-authorization-server')).toEqual(metadata);
    expect(metadata).toMatchObject({
      issuer: fake.issuer,
      authorization_endpoint: `${fake.issuer}authorize`,
      token_endpoint: `${fake.issuer}oauth/token`,
      jwks_uri: `${fake.issuer}.well-known/jwks.json`,
      registration_endpoint: `${fake.issuer}oidc/register`,
      code_challenge_methods_supported: ['S256', 'plain'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(fake.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(metadata.token_endpoint_auth_methods_supported).not.toContain('none');
  });

  it('of a new tenant names no registration, and says that it sends no iss', async () => {
    const fresh = await createFakeAuth0();
    const metadata = await (await fetch(`${fresh.issuer}.well-known/openid-configuration`)).json();
    expect(metadata).not.toHaveProperty('registration_endpoint');
    expect(metadata.authorization_response_iss_parameter_supported).toBe(false);
    await fresh.close();
  });
});

describe('the keys', () => {
  it('are the one that signs and the next one, which then signs', async () => {
    const before = await get('.well-known/jwks.json');
    const kids = before.keys.map(({ kid }: { kid: string }) => kid);
    expect(before.keys).toHaveLength(2);
    expect(before.keys[0]).toEqual({
      ...{ kty: 'RSA', use: 'sig', alg: 'RS256', e: 'AQAB' },
      ...{ kid: expect.stringMatching(/^[\w-]{21}$/), n: expect.stringMatching(/^[\w-]{342}$/) },
    });
    expect(read(await fake.mint())[0].kid).toBe(kids[0]);
    await fake.rotate();
    expect(read(await fake.mint())[0].kid).toBe(kids[1]);
    expect((await get('.well-known/jwks.json')).keys).toHaveLength(3);
    await fake.rotate({ withdraw: true });
    const after = (await get('.well-known/jwks.json')).keys.map(({ kid }: { kid: string }) => kid);
    expect(after).not.toContain(kids[1]);
  });

  it('do not say their algorithm where the flag is on', async () => {
    flag({ remove_alg_from_jwks: true });
    for (const key of (await get('.well-known/jwks.json')).keys) {
      expect(key).not.toHaveProperty('alg');
    }
  });
});

describe('the dialects', () => {
  const times = { iat: 1_745_218_940, exp: 1_745_305_340 };
  const person = { sub: 'auth0|66f0c0ffee', aud: resource, scope: weather, ...times };
  const machine = { sub: 'robot@clients', aud: resource, scope: weather, ...times };
  const jti = expect.stringMatching(/^[\w-]{22}$/);
  const permissions = [weather, 'mcp:tools:pay'];

  it.each<[TokenDialect, string, object, object]>([
    ['access_token', 'JWT', { azp: 'tpc_fake' }, { azp: 'robot', gty: 'client-credentials' }],
    [
      'access_token_authz',
      'JWT',
      { azp: 'tpc_fake', permissions },
      { azp: 'robot', gty: 'client-credentials', permissions: [weather] },
    ],
    ['rfc9068_profile', 'at+jwt', { client_id: 'tpc_fake', jti }, { client_id: 'robot', jti }],
    [
      'rfc9068_profile_authz',
      'at+jwt',
      { client_id: 'tpc_fake', jti, permissions },
      { client_id: 'robot', jti, permissions: [weather] },
    ],
  ])('%s has these claims and no others', async (dialect, typ, ofPerson, ofMachine) => {
    const scopes = [weather];
    const iss = fake.issuer;
    const [header, claims] = read(await fake.mint({ dialect, scopes }));
    expect(header).toEqual({ alg: 'RS256', typ, kid: expect.any(String) });
    expect(claims).toEqual({ iss, ...person, ...ofPerson });
    const own = await fake.mintForClient('robot', { dialect, scopes });
    expect(read(own)[1]).toEqual({ iss, ...machine, ...ofMachine });
  });

  it('name the client in place of each other, as changes do', async () => {
    const claims = { client_id: 'other', scope: undefined };
    const [, changed] = read(await fake.mint({ dialect: 'access_token', claims }));
    expect(changed).toMatchObject({ azp: 'other' });
    expect(changed).not.toHaveProperty('client_id');
    expect(changed).not.toHaveProperty('scope');
  });
});

describe('registration', () => {
  async function register(metadata: object) {
    const response = await fetch(`${fake.issuer}oidc/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [callback], ...metadata }),
    });
    return { status: response.status, body: await response.json() };
  }

  it('makes third parties, which have no grant but codes and refreshes', async () => {
    const { status, body } = await register({
      client_name: 'MCP client',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'client_credentials'],
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      client_name: 'MCP client',
      client_id: expect.stringMatching(/^tpc_[A-Za-z0-9]{32}$/),
      client_secret_expires_at: 0,
      redirect_uris: [callback],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    });
    expect(fake.tenant.clients.get(body.client_id)).toMatchObject({
      is_first_party: false,
      third_party_security_mode: 'strict',
    });
  });

  it('gives a secret to who does not ask to be public, and no prefix in the permissive mode', async () => {
    const { settings } = fake.tenant;
    fake.tenant.settings = { ...settings, dynamic_client_registration_security_mode: 'permissive' };
    const { body } = await register({});
    expect(body).toMatchObject({ token_endpoint_auth_method: 'client_secret_post' });
    expect(body.client_secret.length).toBeGreaterThan(40);
    expect(body.client_id).not.toMatch(/^tpc_/);
  });

  it('is refused where the flag is off', async () => {
    flag({ enable_dynamic_client_registration: false });
    expect((await register({})).status).toBe(404);
  });
});

describe('a refresh', () => {
  beforeEach(() => addApplication(fake.tenant, { client_id: 'first', callbacks: [callback] }));

  const first = { client_id: 'first', resource, scope: `openid ${weather} offline_access` };

  it('brings a new pair, and says in Auth0’s own dialects that it was one', async () => {
    for (const each of fake.tenant.apis.values()) {
      fake.tenant.apis.set(each.id, { ...each, token_dialect: 'access_token' });
    }
    const { refresh_token } = await signIn(fake, first);
    const again = { grant_type: 'refresh_token', client_id: 'first', refresh_token };
    const { body } = await token(fake, again);
    expect(read(body.access_token)[1]).toMatchObject({ gty: 'refresh_token', azp: 'first' });
    expect(body.refresh_token).not.toBe(refresh_token);
    expect((await token(fake, again)).status).toBe(403);
  });

  it('ends with the grants, and with a revocation', async () => {
    const { refresh_token = '' } = await signIn(fake, first);
    const body = new URLSearchParams({ client_id: 'first', token: refresh_token });
    expect((await fetch(`${fake.issuer}oauth/revoke`, { method: 'POST', body })).status).toBe(200);
    const again = { grant_type: 'refresh_token', client_id: 'first', refresh_token };
    expect((await token(fake, again)).status).toBe(403);
    const other = await signIn(fake, first);
    fake.revokeGrants();
    const ended = { ...again, refresh_token: other.refresh_token };
    expect((await token(fake, ended)).status).toBe(403);
  });

  it('of a first party opens the userinfo endpoint; a third party’s token never does', async () => {
    const userinfo = async (jwt: string) =>
      (await fetch(`${fake.issuer}userinfo`, { headers: { authorization: `Bearer ${jwt}` } }))
        .status;
    expect(await userinfo((await signIn(fake, first)).access_token)).toBe(200);
    const aud = [resource, `${fake.issuer}userinfo`];
    expect(await userinfo(await fake.mint({ claims: { aud } }))).toBe(401);
    expect(await userinfo('')).toBe(401);
  });
});
