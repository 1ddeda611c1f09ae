import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeAuth0, type FakeAuth0 } from './fake-auth0.js';
import { token } from './fake-client.harness.js';
import { addApi, addExchangeApplication, addGrant } from './set-up.js';

const resource = 'https://mcp.example.com/mcp';
const upstream = 'https://quotes.example.com/';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
const server = { client_id: 'mcp-server', client_secret: 'secret-of-the-mcp-server' };

let fake: FakeAuth0;

beforeEach(async () => {
  fake = await createFakeAuth0({ api: { identifier: resource, scopes: [] } });
  addApi(fake.tenant, { identifier: upstream, scopes: ['quotes:read', 'quotes:write'] });
  addExchangeApplication(fake.tenant, { ...server, identifier: resource });
});
afterEach(() => fake.close());

async function exchange(change: Readonly<Record<string, string>> = {}) {
  return token(fake, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    ...server,
    subject_token: await fake.mint(),
    subject_token_type: accessToken,
    audience: upstream,
    scope: 'quotes:read quotes:write',
    ...change,
  });
}

describe('the on-behalf-of exchange', () => {
  it('answers with the type that it issued, and with no refresh token', async () => {
    const { status, body } = await exchange();
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ey/),
      issued_token_type: accessToken,
      token_type: 'Bearer',
      expires_in: 86_400,
      scope: 'quotes:read quotes:write',
    });
  });

  it.each(['subject_token_type', 'requested_token_type'])(
    'takes and gives access tokens alone: %s',
    async (parameter) => {
      const idToken = 'urn:ietf:params:oauth:token-type:id_token';
      expect(await exchange({ [parameter]: idToken })).toMatchObject({
        status: 400,
        body: { error: 'invalid_request', error_description: 'Unsupported token type.' },
      });
    },
  );

  it('takes a client grant where the API demands one, and gives no more than that', async () => {
    for (const api of fake.tenant.apis.values()) {
      const subject_type_authorization = {
        user: { policy: 'require_client_grant' },
        client: { policy: 'require_client_grant' },
      } as const;
      fake.tenant.apis.set(api.id, { ...api, subject_type_authorization });
    }
    expect(await exchange()).toMatchObject({
      status: 403,
      body: {
        error: 'unauthorized_client',
        error_description: `Client "mcp-server" is not authorized to access resource server "${upstream}".`,
      },
    });
    addGrant(fake.tenant, {
      ...{ client_id: server.client_id, audience: upstream, scope: ['quotes:read'] },
      subject_type: 'user',
    });
    expect(await exchange()).toMatchObject({ status: 200, body: { scope: 'quotes:read' } });
  });
});
