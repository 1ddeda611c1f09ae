import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeAuth0, type FakeAuth0 } from './fake-auth0.js';
import { authorize, callback, read, signIn, token } from './fake-client.harness.js';
import { addApi, addApplication, addMachine, importClient } from './set-up.js';
import type { TenantApi, TenantSettings } from './tenant.js';

const resource = 'https://mcp.example.com/mcp';
const reports = 'https://reports.example.com/';
const [weather, pay] = ['mcp:tools:weather', 'mcp:tools:pay'];
const documentUrl = 'https://client.example.com/mcp.json';

let fake: FakeAuth0;

beforeEach(async () => {
  fake = await createFakeAuth0({ api: { identifier: resource, scopes: [weather, pay] } });
  addApi(fake.tenant, { identifier: reports, scopes: ['reports:read'] });
  addApplication(fake.tenant, { client_id: 'first', callbacks: [callback] });
  importClient(fake.tenant, { url: documentUrl, redirectUris: [callback] });
  const machine = { client_id: 'robot', client_secret: 'secret-of-the-robot' };
  addMachine(fake.tenant, { ...machine, audience: resource, scope: [weather] });
});
afterEach(() => fake.close());

function set(settings: Partial<TenantSettings>): void {
  fake.tenant.settings = { ...fake.tenant.settings, ...settings };
}

function change(identifier: string, api: Partial<TenantApi>): void {
  for (const each of fake.tenant.apis.values()) {
    if (each.identifier === identifier) fake.tenant.apis.set(each.id, { ...each, ...api });
  }
}

describe('who is asked for', () => {
  const first = { client_id: 'first', scope: weather };

  it.each([
    ['resource alone, under the compatibility profile', { resource }, {}, resource],
    ['audience before resource', { audience: reports, resource }, {}, reports],
    ['the default audience, where nothing is named', {}, { default_audience: reports }, reports],
    [
      'the default audience, where the profile ignores the resource',
      { resource },
      { default_audience: reports, resource_parameter_profile: 'audience' },
      reports,
    ],
  ] as const)('is %s', async (_, named, settings, audience) => {
    set(settings);
    const { access_token } = await signIn(fake, { ...first, ...named });
    expect(read(access_token)[1].aud).toBe(audience);
  });

  it.each([
    ['nothing is named', {}],
    ['the profile ignores the resource', { resource }],
  ])('is nobody where %s: first parties get an opaque token', async (_, named) => {
    set({ resource_parameter_profile: 'audience' });
    const { access_token } = await signIn(fake, { ...first, ...named, scope: 'openid' });
    expect(access_token).toMatch(/^eyJhbGciOiJkaXIi[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(read(access_token.replace('..', '.e30.'))[0]).toEqual({
      ...{ alg: 'dir', enc: 'A256GCM', iss: fake.issuer },
    });
    const headers = { authorization: `Bearer ${access_token}` };
    const userinfo = await fetch(`${fake.issuer}userinfo`, { headers });
    expect(await userinfo.json()).toEqual({ sub: 'auth0|66f0c0ffee' });
  });
});

describe('the authorization endpoint', () => {
  const third = { client_id: documentUrl, scope: weather, resource };
  const first = { ...third, client_id: 'first' };

  it('sends iss by the switch of the tenant (RFC 9207)', async () => {
    expect((await authorize(fake, third)).sent).toMatchObject({ iss: fake.issuer, state: 's' });
    set({ authorization_response_iss_parameter_supported: false });
    expect((await authorize(fake, third)).sent).not.toHaveProperty('iss');
  });

  it.each<[string, object, () => void, string, string]>([
    [
      'an API that is not there',
      { ...first, resource: `${resource}/` },
      () => undefined,
      'access_denied',
      `Service not enabled within domain: ${resource}/`,
    ],
    [
      'a third party that names no API',
      { ...third, resource: undefined },
      () => undefined,
      'invalid_request',
      'The userinfo audience is not allowed for third party clients. Please specify a valid API audience.',
    ],
    [
      'a third party without a client grant, whatever the API allows',
      { ...third, resource: reports },
      () => undefined,
      'unauthorized_client',
      `Client "${documentUrl}" is not authorized to access resource server "${reports}".`,
    ],
    [
      'a first party without the client grant that the API demands',
      { ...first, resource: reports },
      () =>
        change(reports, {
          subject_type_authorization: {
            user: { policy: 'require_client_grant' },
            client: { policy: 'require_client_grant' },
          },
        }),
      'unauthorized_client',
      `Client "first" is not authorized to access resource server "${reports}".`,
    ],
    [
      'anybody, where the API denies all',
      third,
      () =>
        change(resource, {
          subject_type_authorization: {
            user: { policy: 'deny_all' },
            client: { policy: 'deny_all' },
          },
        }),
      'unauthorized_client',
      `Client "${documentUrl}" is not authorized to access resource server "${resource}".`,
    ],
    [
      'a third party where no connection is for the domain',
      third,
      () => {
        for (const each of fake.tenant.connections.values()) {
          fake.tenant.connections.set(each.id, { ...each, is_domain_connection: false });
        }
      },
      'invalid_request',
      'no connections enabled for the client',
    ],
    [
      'a request object of a third party',
      { ...third, request: 'eyJ' },
      () => undefined,
      'invalid_request',
      'Third party clients cannot send request objects.',
    ],
    [
      'an organisation that the person is not in',
      { ...third, organization: 'org_other' },
      () => undefined,
      'invalid_request',
      'parameter organization is invalid',
    ],
    [
      'the implicit grant',
      { ...third, response_type: 'token' },
      () => undefined,
      'unsupported_response_type',
      'The response type must be "code".',
    ],
    [
      'no PKCE',
      { ...third, code_challenge: undefined },
      () => undefined,
      'invalid_request',
      'A code challenge with the method S256 is required.',
    ],
  ])('refuses %s', async (_, asked, prepare, error, description) => {
    prepare();
    const { status, sent } = await authorize(fake, asked as never);
    expect(status).toBe(302);
    expect(sent).toMatchObject({ error, error_description: description, state: 's' });
  });

  it('sends nobody anywhere for a client that is not imported, or a callback that is not its own', async () => {
    expect((await authorize(fake, { ...third, client_id: 'nobody' })).status).toBe(400);
    const elsewhere = { ...third, redirect_uri: 'https://evil.example.com/' };
    expect((await authorize(fake, elsewhere)).status).toBe(403);
    set({ client_id_metadata_document_supported: false });
    const { sent } = await authorize(fake, third);
    expect(sent).toMatchObject({ error: 'access_denied' });
  });
});

describe('what is granted', () => {
  const third = { client_id: documentUrl, resource };

  it('leaves out what nobody granted, and what OpenID Connect has for first parties alone', async () => {
    const scope = `openid profile ${weather} ${pay} other:scope offline_access`;
    const strict = await signIn(fake, { ...third, scope });
    expect(strict.scope).toBe(`${weather} ${pay} offline_access`);
    expect(read(strict.access_token)[1]).toMatchObject({ aud: resource, client_id: documentUrl });
    const first = await signIn(fake, { client_id: 'first', resource, scope });
    expect(first.scope).toBe(`openid profile ${weather} ${pay} offline_access`);
    expect(read(first.access_token)[1].aud).toEqual([resource, `${fake.issuer}userinfo`]);
  });

  it('has a refresh token only where the API allows offline access', async () => {
    const scope = `${weather} offline_access`;
    expect(await signIn(fake, { ...third, scope })).toHaveProperty('refresh_token');
    change(resource, { allow_offline_access: false });
    const without = await signIn(fake, { ...third, scope });
    expect(without.scope).toBe(weather);
    expect(without).not.toHaveProperty('refresh_token');
  });

  it('is under RBAC what the person was assigned; permissions list all of it', async () => {
    const [permission] = fake.tenant.user.permissions;
    fake.tenant.user = { ...fake.tenant.user, permissions: permission ? [permission] : [] };
    const narrowed = await signIn(fake, { ...third, scope: pay });
    expect(narrowed).not.toHaveProperty('scope');
    const [, claims] = read(narrowed.access_token);
    expect(claims).not.toHaveProperty('scope');
    expect(claims.permissions).toEqual([weather]);
    change(resource, { enforce_policies: false });
    expect(await signIn(fake, { ...third, scope: pay })).toMatchObject({ scope: pay });
  });

  it('has no refresh token where the API allows none', async () => {
    change(resource, { allow_offline_access: false });
    const tokens = await signIn(fake, { ...third, scope: `${weather} offline_access` });
    expect(tokens.scope).toBe(weather);
    expect(tokens).not.toHaveProperty('refresh_token');
  });

  it('carries the organisation that the person signed in to, and a machine signs in to none', async () => {
    const organization = { id: 'org_9ybsU1dN2dKfDkBi', name: 'acme' };
    fake.tenant.user = { ...fake.tenant.user, organization };
    expect(read(await fake.mintForClient('robot'))[1]).not.toHaveProperty('org_id');
    const { access_token } = await signIn(fake, { ...third, organization: organization.id });
    expect(read(access_token)[1]).toMatchObject({ org_id: organization.id, org_name: 'acme' });
  });

  it('is for a machine what its grant has, or the part that it asks for', async () => {
    const machine = { grant_type: 'client_credentials', client_id: 'robot' };
    const asked = { ...machine, client_secret: 'secret-of-the-robot', audience: resource };
    const { status, body, headers } = await token(fake, asked, 'json');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 86_400, scope: weather });
    expect(body).not.toHaveProperty('refresh_token');
    expect(read(body.access_token)[1]).toMatchObject({ sub: 'robot@clients', client_id: 'robot' });
  });
});
