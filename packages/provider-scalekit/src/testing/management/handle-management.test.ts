import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeScalekit, type FakeScalekit } from '../create-fake-scalekit.js';

let fake: FakeScalekit;
let token: string;
beforeEach(async () => {
  fake = await createFakeScalekit({ resource: 'https://mcp.example.com/mcp' });
  const { clientId, clientSecret } = fake.environment.credentials;
  const answer = await fetch(`${fake.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
    }),
  });
  token = ((await answer.json()) as { access_token: string }).access_token;
});
afterEach(() => fake.close());

async function call(method: string, path: string, body?: object) {
  const answer = await fetch(`${fake.url}/api/v1${path}`, {
    ...{ method, headers: { authorization: `Bearer ${token}` } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('the management API of the fake environment', () => {
  it('answers nobody without a token of the environment', async () => {
    token = await fake.mintForClient('m2m_1');
    expect(await call('GET', '/scopes')).toEqual({
      status: 401,
      body: { code: 16, message: 'unauthenticated', details: [] },
    });
  });

  it('creates a scope once, and an MCP server that offers it', async () => {
    const scope = { name: 'mcp:tools:weather', description: 'Look up the weather.' };
    expect(await call('POST', '/scopes', scope)).toMatchObject({
      status: 201,
      body: { scope: { ...scope, enabled: true } },
    });
    expect((await call('POST', '/scopes', scope)).body).toMatchObject({ code: 6 });
    const server = {
      ...{ resource_type: 'MCP_SERVER', name: 'Weather', access_token_expiry: 600 },
      ...{ resource_id: 'https://weather.example.com/mcp', scopes: ['mcp:tools:weather'] },
    };
    expect(await call('POST', '/resources', server)).toMatchObject({
      status: 201,
      body: {
        resource: {
          ...{ id: expect.stringMatching(/^res_\d+$/), access_token_expiry: '600' },
          ...{ resource_uri: 'https://weather.example.com/mcp', scopes: [scope] },
        },
      },
    });
    expect((await call('POST', '/resources', server)).status).toBe(409);
  });

  it('changes only what is sent, and knows only scopes of the environment', async () => {
    const path = `/resources/${fake.resourceId}`;
    expect((await call('PATCH', path, { scopes: ['mcp:tools:fly'] })).status).toBe(400);
    const changed = await call('PATCH', path, { enable_cimd: false });
    expect(changed.body).toMatchObject({
      resource: { enable_cimd: false, resource_uri: 'https://mcp.example.com/mcp' },
    });
    expect((await call('GET', path)).body).toEqual(changed.body);
  });

  it('shows a changed sentence on the servers that offer the scope', async () => {
    const made = await call('POST', '/scopes', { name: 'mcp:tools:weather', description: 'Old.' });
    const { id } = (made.body as { scope: { id: string } }).scope;
    await call('PATCH', `/resources/${fake.resourceId}`, { scopes: ['mcp:tools:weather'] });
    expect((await call('PATCH', `/scopes/${id}`, { description: 'New.' })).status).toBe(200);
    expect(fake.environment.resources.get(fake.resourceId)?.scopes).toMatchObject([
      { name: 'mcp:tools:weather', description: 'New.' },
    ]);
  });

  it('says so where there is nothing', async () => {
    expect((await call('GET', '/resources/res_1')).status).toBe(404);
    expect((await call('GET', '/resources/%E0%A4%A')).status).toBe(404);
    expect((await call('GET', '/organizations')).status).toBe(404);
    expect((await call('DELETE', `/resources/${fake.resourceId}`, {})).status).toBe(501);
  });
});
