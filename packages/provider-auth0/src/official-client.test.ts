import { auth, ClientCredentialsProvider } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auth0Provider } from './auth0-provider.js';
import { callback, mcpClient } from './mcp-client.harness.js';
import {
  pay,
  type ResourceServer,
  startResourceServer,
  weather,
} from './resource-server.harness.js';
import {
  addApplication,
  addMachine,
  createFakeAuth0,
  type FakeAuth0,
  importClient,
} from './testing/index.js';

let server: ResourceServer;
let auth0: FakeAuth0;
let reported: string[];

beforeEach(async () => {
  server = await startResourceServer();
  auth0 = await createFakeAuth0({ api: { identifier: server.resource, scopes: [weather, pay] } });
  reported = [];
  server.protectWith(
    auth0Provider({
      issuer: auth0.issuer,
      retryAfter: 0,
      timeoutMs: 1000,
      report: (message) => reported.push(message),
    }),
  );
});
afterEach(async () => {
  await Promise.all([server.close(), auth0.close()]);
});

async function call(token = ''): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(server.resource, { headers });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

describe('the official MCP client', () => {
  it('finds the tenant, registers, signs in by resource alone, calls and refreshes', async () => {
    const client = mcpClient();
    expect(await client.connect(server.resource, weather)).toBe('AUTHORIZED');
    const { status, body } = await call(client.kept.tokens?.access_token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'principal',
      actor: 'user',
      issuer: auth0.issuer,
      subject: 'auth0|66f0c0ffee',
      scopes: [weather, 'offline_access'],
    });
    expect(body.clientId).toMatch(/^tpc_[A-Za-z0-9]+$/);

    const before = client.kept.tokens;
    expect(await client.refresh(server.resource)).toBe('AUTHORIZED');
    expect(client.kept.tokens?.refresh_token).not.toBe(before?.refresh_token);
    expect((await call(client.kept.tokens?.access_token)).status).toBe(200);
  });

  it('steps up with the scopes that it has and one more', async () => {
    const client = mcpClient();
    await client.connect(server.resource, weather);
    client.forgetTokens();
    await client.connect(server.resource, `${weather} ${pay}`);
    const { body } = await call(client.kept.tokens?.access_token);
    // The client itself adds offline_access, since the tenant's metadata has it.
    expect(body.scopes).toEqual([weather, pay, 'offline_access']);
  });

  it('is known by its document once an administrator imported it', async () => {
    const clientMetadataUrl = 'https://client.example.com/mcp.json';
    await expect(mcpClient({ clientMetadataUrl }).connect(server.resource)).rejects.toThrow(
      'Unknown client',
    );
    importClient(auth0.tenant, { url: clientMetadataUrl, redirectUris: [callback] });
    const client = mcpClient({ clientMetadataUrl });
    await client.connect(server.resource, weather);
    const { body } = await call(client.kept.tokens?.access_token);
    expect(body.clientId).toBe(clientMetadataUrl);
  });

  it('gets a token for itself where it sends the audience, which the compatibility profile does not cover', async () => {
    const machine = { client_id: 'robot', client_secret: 'secret-of-the-robot' };
    addMachine(auth0.tenant, { ...machine, audience: server.resource, scope: [weather] });
    const bare = new ClientCredentialsProvider({
      clientId: 'robot',
      clientSecret: 'secret-of-the-robot',
    });
    await expect(auth(bare, { serverUrl: server.resource })).rejects.toThrow(
      'No audience parameter was provided, and no default audience has been configured',
    );
    const withAudience = Object.assign(
      new ClientCredentialsProvider({ clientId: 'robot', clientSecret: 'secret-of-the-robot' }),
      {
        prepareTokenRequest: () =>
          new URLSearchParams({ grant_type: 'client_credentials', audience: server.resource }),
      },
    );
    expect(await auth(withAudience, { serverUrl: server.resource })).toBe('AUTHORIZED');
    const { body } = await call(withAudience.tokens()?.access_token);
    expect(body).toMatchObject({ actor: 'client', clientId: 'robot', subject: 'robot@clients' });
  });

  it('cannot use a DPoP-bound token as if it were nobody’s (RFC 9449 §7.1)', async () => {
    const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' };
    expect((await call(await auth0.mint({ scopes: [weather] }))).status).toBe(200);
    const bound = await auth0.mint({ scopes: [weather], claims: { cnf } });
    expect((await call(bound)).status).toBe(401);
  });

  it('is told to come back later while the tenant is down (503, no challenge)', async () => {
    const client = mcpClient();
    await client.connect(server.resource, weather);
    auth0.breakWith('down');
    const headers = { authorization: `Bearer ${client.kept.tokens?.access_token}` };
    const response = await fetch(server.resource, { headers });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('www-authenticate')).toBeNull();
  });
});

describe('the usual support cases', () => {
  const application = { client_id: 'first-party-1', callbacks: [callback] };

  it('a client that sends only a resource while the profile is off: the hint says which switch', async () => {
    auth0.tenant.settings = { ...auth0.tenant.settings, resource_parameter_profile: 'audience' };
    addApplication(auth0.tenant, application);
    const client = mcpClient({ client: application });
    await client.connect(server.resource, weather);
    const token = client.kept.tokens?.access_token ?? '';
    expect(token).toMatch(/^eyJhbGciOiJkaXIi.*\.\./);
    expect((await call(token)).status).toBe(401);
    expect((await call(token)).status).toBe(401);
    expect(reported).toEqual([
      'Auth0 issued an opaque token: the request of the client carried no audience and no resource, or the Resource Parameter Compatibility Profile is off (tenant setting resource_parameter_profile).',
    ]);
  });

  it('the same from a third party: Auth0 refuses before there is a token', async () => {
    auth0.tenant.settings = { ...auth0.tenant.settings, resource_parameter_profile: 'audience' };
    await expect(mcpClient().connect(server.resource, weather)).rejects.toThrow(
      'invalid_request: The userinfo audience is not allowed for third party clients. Please specify a valid API audience.',
    );
  });

  it('the same where a default audience stands in: the hint says so', async () => {
    auth0.tenant.settings = {
      ...auth0.tenant.settings,
      resource_parameter_profile: 'audience',
      default_audience: `${auth0.issuer}api/v2/`,
    };
    addApplication(auth0.tenant, application);
    const client = mcpClient({ client: application });
    await client.connect(server.resource, weather);
    expect((await call(client.kept.tokens?.access_token)).status).toBe(401);
    expect(reported).toEqual([
      `The token is for another API than "${server.resource}". Either the client asked for that one; or it sent only a resource, the Resource Parameter Compatibility Profile is off (tenant setting resource_parameter_profile), and the tenant’s default audience stood in.`,
    ]);
  });

  it('an API without the slash of the resource: the first refusal names both strings', async () => {
    const slashed = await startResourceServer('/mcp/');
    const bare = slashed.resource.slice(0, -1);
    const tenant = await createFakeAuth0({ api: { identifier: bare, scopes: [weather] } });
    const messages: string[] = [];
    slashed.protectWith(
      auth0Provider({ issuer: tenant.issuer, report: (message) => messages.push(message) }),
    );
    await expect(mcpClient().connect(slashed.resource, weather)).rejects.toThrow(
      `access_denied: Service not enabled within domain: ${slashed.resource}`,
    );
    const headers = { authorization: `Bearer ${await tenant.mint({ scopes: [weather] })}` };
    expect((await fetch(slashed.resource, { headers })).status).toBe(401);
    expect(messages).toEqual([
      `The token is for the API "${bare}", and this resource is "${slashed.resource}": they differ in the slash at the end. Create an API whose identifier is "${slashed.resource}", byte for byte, or add "${bare}" to "audience".`,
    ]);
    await Promise.all([slashed.close(), tenant.close()]);
  });
});
