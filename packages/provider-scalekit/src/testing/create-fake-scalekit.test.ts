import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeScalekit, type FakeScalekit, type FakeScalekitOptions } from './index.js';

const callback = 'http://127.0.0.1:1/callback';
const documentUrl = 'https://client.example/mcp.json';
const res = 'res_88056357768398086';
const verifier = 'v'.repeat(43);

let fake: FakeScalekit;
const start = async (more: FakeScalekitOptions = {}): Promise<void> => {
  await fake?.close();
  fake = await createFakeScalekit({
    ...{ resource: 'http://localhost:10000/mcp/', resourceId: res },
    scopes: ['news:read', 'news:write'],
    clients: [
      { clientId: 'm2m_1', redirectUris: [callback] },
      { clientId: 'm2m_2', secret: 'machine-secret', scopes: ['news:read'] },
    ],
    clientDocument: (url) => (url === documentUrl ? { redirect_uris: [callback] } : undefined),
    ...more,
  });
};
beforeEach(() => start());
afterEach(() => fake.close());

const change = (fields: object): void => {
  const [record] = fake.environment.resources.values();
  fake.environment.resources.set(res, { ...record!, ...fields });
};
const json = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${fake.url}${path}`, init);
  return [response.status, await response.json()];
};
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

function authorize(more: Record<string, string> = {}): Promise<Response> {
  const url = new URL(`${fake.issuer}/oauth/authorize`);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const parameters = {
    ...{ response_type: 'code', client_id: 'm2m_1', redirect_uri: callback, state: 's' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', scope: 'news:read', ...more },
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return fetch(url, { redirect: 'manual' });
}

const outcome = (response: Response) =>
  Object.fromEntries(new URL(response.headers.get('location') ?? 'about:blank').searchParams);

const token = (form: Record<string, string>) =>
  json(`/resources/${res}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'm2m_1', ...form }),
  });

async function redeem(more: Record<string, string> = {}) {
  const { code = '' } = outcome(await authorize(more));
  const form = {
    grant_type: 'authorization_code',
    redirect_uri: callback,
    code_verifier: verifier,
  };
  return token({ ...form, code, ...(more.client_id ? { client_id: more.client_id } : {}) });
}

describe('the documents', () => {
  it('are the ones that were seen in the field', async () => {
    expect(await json(`/.well-known/oauth-authorization-server/resources/${res}`)).toEqual([
      200,
      {
        issuer: `${fake.url}/resources/${res}`,
        authorization_endpoint: `${fake.url}/resources/${res}/oauth/authorize`,
        token_endpoint: `${fake.url}/resources/${res}/oauth/token`,
        registration_endpoint: `${fake.url}/api/v1/resources/${res}/clients:register`,
        jwks_uri: `${fake.url}/keys`,
        response_types_supported: ['code'],
        grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: [
          ...['none', 'client_secret_post', 'client_secret_basic'],
        ],
        client_id_metadata_document_supported: true,
        scopes_supported: [
          ...['openid', 'profile', 'email', 'offline_access', 'news:read', 'news:write'],
        ],
      },
    ]);
    expect(await json('/keys')).toEqual([
      200,
      {
        keys: [{ use: 'sig', kty: 'RSA', kid: 'snk_58327480989122561', alg: 'RS256' }].map(
          (key) => ({ ...key, n: expect.any(String), e: 'AQAB' }),
        ),
      },
    ]);
    const [, root] = await json('/.well-known/openid-configuration');
    expect(root).toMatchObject({ issuer: fake.url, token_endpoint: `${fake.url}/oauth/token` });
    expect(root).not.toHaveProperty('registration_endpoint');
    expect(JSON.parse(fake.metadata)).toEqual({
      authorization_servers: [`${fake.url}/resources/${res}`],
      bearer_methods_supported: ['header'],
      resource: 'http://localhost:10000/mcp/',
      resource_documentation: 'http://localhost:10000/mcp/docs',
      scopes_supported: ['news:read', 'news:write'],
    });
  });

  it.each([
    `/resources/${res}/.well-known/openid-configuration`,
    `/resources/${res}/keys`,
    '/.well-known/oauth-authorization-server/resources/res_1',
    '/resources/res_1/.well-known/oauth-authorization-server',
    '/api/v1/resources/res_1/clients:register',
  ])('are not at %s', async (path) => {
    expect((await fetch(`${fake.url}${path}`)).status).toBe(404);
  });

  it('are also after the path, and where that is how a deployment has it, only there', async () => {
    const inserted = `/.well-known/oauth-authorization-server/resources/${res}`;
    const appended = `/resources/${res}/.well-known/oauth-authorization-server`;
    expect(await json(appended)).toEqual(await json(inserted));
    fake.switches.insertedMetadata = false;
    expect((await fetch(`${fake.url}${inserted}`)).status).toBe(404);
    expect((await fetch(`${fake.url}${appended}`)).status).toBe(200);
  });

  it('leave out what is switched off', async () => {
    change({ disable_dynamic_client_registration: true, enable_cimd: false });
    const [, metadata] = await json(`/resources/${res}/.well-known/oauth-authorization-server`);
    expect(metadata).not.toHaveProperty('registration_endpoint');
    expect(metadata).toMatchObject({ client_id_metadata_document_supported: false });
  });
});

describe('the tokens', () => {
  it('of users are the ones that were seen in the field', async () => {
    const value = await fake.mint({ scopes: ['openid', 'news:read'] });
    const [header = ''] = value.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      ...{ alg: 'RS256', kid: 'snk_58327480989122561', typ: 'JWT' },
    });
    const { iat, ...claims } = claimsOf(value);
    expect(claims).toEqual({
      iss: `${fake.url}/resources/${res}`,
      aud: ['http://localhost:10000/mcp/', res],
      sub: 'usr_64032146283004161',
      client_id: 'm2m_97422068261325572',
      scope: 'openid news:read',
      oid: 'org_59615193906282635',
      sid: expect.stringMatching(/^ses_\d{16}$/),
      jti: expect.stringMatching(/^tkn_\d{16}$/),
      nbf: iat,
      exp: iat + 3600,
    });
  });

  it('follow the switches, the Server URL and the life that the server gives them', async () => {
    fake.switches.issuer = 'alternating';
    const issuers = [claimsOf(await fake.mint()).iss, claimsOf(await fake.mint()).iss];
    expect(issuers.sort()).toEqual([fake.url, fake.issuer]);
    fake.switches.issuer = 'environment';
    fake.switches.scopeClaims = 'scopes';
    change({ resource_uri: '', access_token_expiry: 300 });
    const claims = claimsOf(await fake.mint({ scopes: ['news:read'] }));
    expect(claims).toMatchObject({ iss: fake.url, aud: [res], scopes: ['news:read'] });
    expect(claims).not.toHaveProperty('scope');
    expect(claims.exp - claims.iat).toBe(300);
  });
});

describe('the endpoints', () => {
  it('give a code, for one use, and a refresh token with offline_access only', async () => {
    const [status, answer] = await redeem();
    expect([status, answer]).toEqual([
      200,
      {
        access_token: expect.any(String),
        ...{ token_type: 'Bearer', expires_in: 3600, scope: 'news:read' },
      },
    ]);
    const { code = '', state } = outcome(await authorize());
    expect(state).toBe('s');
    const form = {
      ...{
        grant_type: 'authorization_code',
        redirect_uri: callback,
        code_verifier: verifier,
        code,
      },
    };
    expect(await token({ ...form, code_verifier: 'w'.repeat(43) })).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_grant' }),
    ]);
    expect(await token(form)).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })]);
    const [, offline] = await redeem({ scope: 'news:read offline_access' });
    const refresh = { grant_type: 'refresh_token', refresh_token: offline.refresh_token };
    expect(await token(refresh)).toEqual([200, expect.objectContaining({ expires_in: 3600 })]);
  });

  it.each([
    ['a client that nobody knows', { client_id: 'm2m_9' }],
    ['a document that is not usable', { client_id: 'https://other.example/mcp.json' }],
  ])('answer %s with invalid_client_metadata_url', async (_name, more) => {
    const response = await authorize(more);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_client_metadata_url', error_description: 'The client is not usable.' },
    ]);
  });

  it('take client id documents while they are on', async () => {
    expect((await redeem({ client_id: documentUrl }))[0]).toBe(200);
    change({ enable_cimd: false });
    expect((await authorize({ client_id: documentUrl })).status).toBe(400);
  });

  it('refuse scopes that the server does not offer, and cut by permissions where that is on', async () => {
    expect(outcome(await authorize({ scope: 'news:delete' }))).toMatchObject({
      error: 'invalid_scope',
      state: 's',
    });
    const user = { subject: 'usr_1', organizationId: 'org_1', permissions: ['news:read'] };
    await start({ user, server: { intersect_scopes_user_permission: true } });
    const [, answer] = await redeem({ scope: 'openid news:read news:write' });
    expect(claimsOf(answer.access_token)).toMatchObject({
      scope: 'openid news:read',
      permissions: ['news:read'],
    });
  });

  it('register public clients, and show their records as protobuf writes them: 64-bit numbers are text', async () => {
    const [status, answer] = await json(`/api/v1/resources/${res}/clients:register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Inspector', redirect_uris: [callback], scope: 'a b' }),
    });
    expect(status).toBe(201);
    expect(answer).toEqual({
      client_id: expect.stringMatching(/^m2m_\d{16}$/),
      ...{ client_secret_expires_at: 0, secrets: [], name: 'Inspector', description: '' },
      ...{ scopes: ['a', 'b'], audience: [], custom_claims: [], expiry: '3600', resource_id: res },
      ...{ redirect_uris: [callback], create_time: expect.any(String) },
      update_time: expect.any(String),
    });
    expect(fake.environment.clients.get(answer.client_id)?.record.is_dcr).toBe(true);
  });

  it('revoke for clients that can keep a secret, and not for public ones', async () => {
    const revoke = (form: Record<string, string>) =>
      fetch(`${fake.issuer}/oauth/revoke`, {
        method: 'POST',
        body: new URLSearchParams({ token: 'x', ...form }),
      });
    const response = await revoke({ client_id: 'm2m_1' });
    expect([response.status, (await response.json()).error]).toEqual([401, 'invalid_client']);
    const machine = { client_id: 'm2m_2', client_secret: 'machine-secret' };
    expect((await revoke(machine)).status).toBe(200);
  });
});
