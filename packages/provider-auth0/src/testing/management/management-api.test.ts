import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeAuth0, type FakeAuth0 } from '../fake-auth0.js';
import { addMachine } from '../set-up.js';

let fake: FakeAuth0;
beforeEach(async () => {
  fake = await createFakeAuth0();
});
afterEach(() => fake.close());

/** A token for the Management API that holds these scopes. */
async function tokenFor(...scope: readonly string[]): Promise<string> {
  const audience = `${fake.issuer}api/v2/`;
  addMachine(fake.tenant, { client_id: 'admin', client_secret: 's3cret', audience, scope });
  const answer = await fetch(`${fake.issuer}oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: 'admin', client_secret: 's3cret' },
      audience,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return token;
}

async function call(token: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${fake.issuer}api/v2${path}`, {
    ...{ method, headers: { authorization: `Bearer ${token}` } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('the Management API of the fake tenant', () => {
  it('refuses strangers, and tokens for another API', async () => {
    expect(await call('nonsense', 'GET', '/tenants/settings')).toEqual({
      status: 401,
      body: { statusCode: 401, error: 'Unauthorized', message: 'Invalid token' },
    });
  });

  it('refuses a token without the scope of the operation', async () => {
    const token = await tokenFor('read:clients');
    expect(await call(token, 'GET', '/tenants/settings')).toEqual({
      status: 403,
      body: {
        ...{ statusCode: 403, error: 'Forbidden', errorCode: 'insufficient_scope' },
        message: 'Insufficient scope, expected any of: read:tenant_settings',
      },
    });
  });

  it('takes an identifier once, and never changes it', async () => {
    const token = await tokenFor('create:resource_servers', 'update:resource_servers');
    const identifier = 'https://mcp.example.com/mcp';
    const made = await call(token, 'POST', '/resource-servers', { identifier });
    expect(made).toMatchObject({
      status: 201,
      body: { identifier, token_dialect: 'access_token' },
    });
    expect((await call(token, 'POST', '/resource-servers', { identifier })).status).toBe(409);
    const { id } = made.body as { id: string };
    for (const wrong of [{ scopes: 'all' }, { signing_alg: 'none' }, { token_lifetime: 1.5 }]) {
      expect((await call(token, 'PATCH', `/resource-servers/${id}`, wrong)).status).toBe(400);
    }
    const change = await call(token, 'PATCH', `/resource-servers/${id}`, { identifier: 'x' });
    expect(change).toEqual({
      status: 400,
      body: {
        ...{ statusCode: 400, error: 'Bad Request', errorCode: 'invalid_body' },
        message: "Payload validation error: 'Additional properties not allowed: identifier'.",
      },
    });
  });

  it('knows no member by a name that every object has, and no path that cannot be read', async () => {
    const token = await tokenFor('create:resource_servers', 'update:connections');
    const hidden = { identifier: 'https://mcp.example.com/mcp', constructor: 1 };
    expect(await call(token, 'POST', '/resource-servers', hidden)).toMatchObject({ status: 400 });
    expect(await call(token, 'PATCH', '/connections/%zz', {})).toMatchObject({ status: 404 });
  });

  it.each(['constructor', '__proto__', 'surprise'])(
    'refuses the unknown member %s',
    async (name) => {
      const token = await tokenFor('create:resource_servers');
      const identifier = 'https://mcp.example.com/mcp';
      const body = JSON.parse(`{ "identifier": "${identifier}", "${name}": {} }`);
      expect(await call(token, 'POST', '/resource-servers', body)).toMatchObject({
        status: 400,
        body: {
          message: `Payload validation error: 'Additional properties not allowed: ${name}'.`,
        },
      });
    },
  );

  it('knows nothing by a name that is no name', async () => {
    const token = await tokenFor('read:resource_servers');
    expect((await call(token, 'GET', '/resource-servers/%zz')).status).toBe(404);
  });

  it('changes one flag and leaves the others', async () => {
    fake.tenant.settings = {
      ...fake.tenant.settings,
      flags: { enable_dynamic_client_registration: false, remove_alg_from_jwks: true },
    };
    const token = await tokenFor('update:tenant_settings');
    const flags = { enable_dynamic_client_registration: true };
    expect((await call(token, 'PATCH', '/tenants/settings', { flags })).status).toBe(200);
    expect(fake.tenant.settings.flags).toEqual({ ...flags, remove_alg_from_jwks: true });
  });

  it('grants an API only scopes that it lists, and each client one grant', async () => {
    const token = await tokenFor('create:resource_servers', 'create:client_grants');
    const audience = 'https://mcp.example.com/mcp';
    const scopes = [{ value: 'mcp:tools:weather' }];
    await call(token, 'POST', '/resource-servers', { identifier: audience, scopes });
    const grant = { default_for: 'third_party_clients', subject_type: 'user', audience };
    const grants = (scope: readonly string[], more: object = {}) =>
      call(token, 'POST', '/client-grants', { ...grant, ...more, scope });
    expect((await grants(['mcp:tools:pay'])).status).toBe(400);
    expect((await grants([], { client_id: 'admin' })).status).toBe(400);
    expect((await grants(['mcp:tools:weather'])).status).toBe(201);
    expect((await grants(['mcp:tools:weather'])).status).toBe(409);
  });

  it('imports a client by the URL of its document, and again when that has changed', async () => {
    const token = await tokenFor('create:clients');
    const url = 'https://client.example.com/oauth.json';
    const register = () =>
      call(token, 'POST', '/clients/cimd/register', { external_client_id: url });
    expect((await register()).status).toBe(400);
    const document = { client_id: url, client_name: 'Client' };
    const ofAnother = { ...document, client_id: `${url}l`, redirect_uris: ['http://127.0.0.1/'] };
    fake.tenant.clientDocuments.set(url, ofAnother);
    expect((await register()).status).toBe(400);
    const withUri = (uri: string) =>
      fake.tenant.clientDocuments.set(url, { ...document, redirect_uris: [uri] });
    withUri('http://127.0.0.1/one');
    const first = await register();
    expect(first).toMatchObject({ status: 201, body: { validation: { valid: true } } });
    withUri('http://127.0.0.1/two');
    const second = await register();
    const { client_id: id } = first.body as { client_id: string };
    expect(second.body).toMatchObject({ client_id: id });
    expect(fake.tenant.clients.get(id)?.callbacks).toEqual(['http://127.0.0.1/two']);
    expect(
      await call(token, 'POST', '/clients/cimd/preview', {
        external_client_id: 'http://localhost/x?y',
      }),
    ).toEqual({ status: 200, body: { errors: ['The document could not be fetched'] } });
  });

  it('pages by checkpoint until nothing is left', async () => {
    const token = await tokenFor('read:connections');
    for (const id of ['con_1', 'con_2']) {
      fake.tenant.connections.set(id, {
        ...{ id, name: id, strategy: 'auth0', is_domain_connection: false },
      });
    }
    const query = 'take=2&fields=name&include_totals=true';
    const first = await call(token, 'GET', `/connections?${query}`);
    expect(first.body).toEqual({
      next: 'con_1',
      connections: [{ name: 'Username-Password-Authentication' }, { name: 'con_1' }],
    });
    const second = await call(token, 'GET', `/connections?${query}&from=con_1`);
    expect(second.body).toEqual({ connections: [{ name: 'con_2' }] });
    const but = 'fields=id,options&include_fields=false';
    expect((await call(token, 'GET', `/connections?${but}&from=con_1`)).body).toEqual({
      connections: [{ name: 'con_2', strategy: 'auth0', is_domain_connection: false }],
    });
  });
});
