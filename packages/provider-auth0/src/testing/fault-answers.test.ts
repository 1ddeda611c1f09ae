import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeAuth0, type FakeAuth0 } from './fake-auth0.js';
import { authorize, callback, token } from './fake-client.harness.js';
import { addApplication, addMachine } from './set-up.js';

const resource = 'https://mcp.example.com/mcp';
const weather = 'mcp:tools:weather';
const robot = { client_id: 'robot', client_secret: 'secret-of-the-robot' };

let fake: FakeAuth0;

beforeAll(async () => {
  fake = await createFakeAuth0({
    api: { identifier: resource, scopes: [weather, 'mcp:tools:pay'] },
  });
  addApplication(fake.tenant, { client_id: 'first', callbacks: [callback] });
  addMachine(fake.tenant, { ...robot, audience: resource, scope: [weather] });
});
afterAll(() => fake.close());

describe('the token endpoint refuses, in the words of Auth0', () => {
  const machine = { grant_type: 'client_credentials', ...robot, audience: resource };

  it.each<[string, object, number, object]>([
    [
      'a wrong secret',
      { ...machine, client_secret: 'wrong' },
      401,
      { error: 'access_denied', error_description: 'Unauthorized' },
    ],
    [
      'an unknown client',
      { ...machine, client_id: 'nobody' },
      401,
      { error: 'access_denied', error_description: 'Unauthorized' },
    ],
    [
      'an API that is not there',
      { ...machine, audience: `${resource}/` },
      403,
      {
        error: 'access_denied',
        error_description: `Service not enabled within domain: ${resource}/`,
      },
    ],
    [
      'a machine without a client grant',
      { ...machine, audience: 'management' },
      403,
      {
        error: 'access_denied',
        error_description: expect.stringMatching(
          /^Client is not authorized to access "http.*\/api\/v2\/"\. You need to create a "client-grant" associated to this API\. See: /,
        ),
      },
    ],
    [
      'a machine that names no API, though it names a resource',
      { ...machine, audience: undefined, resource },
      403,
      {
        error: 'access_denied',
        error_description:
          'No audience parameter was provided, and no default audience has been configured',
      },
    ],
    [
      'scopes beyond the client grant',
      { ...machine, scope: 'mcp:tools:pay' },
      403,
      {
        error: 'access_denied',
        error_description: 'Client has not been granted scopes: mcp:tools:pay',
      },
    ],
    [
      'a grant type that the client does not have',
      { ...machine, client_id: 'first', client_secret: undefined },
      403,
      {
        error: 'unauthorized_client',
        error_description: "Grant type 'client_credentials' not allowed for the client.",
        error_uri: 'https://auth0.com/docs/clients/client-grant-types',
      },
    ],
    [
      'a code that is none',
      { grant_type: 'authorization_code', client_id: 'first', code: 'x' },
      403,
      { error: 'invalid_grant', error_description: 'Invalid authorization code' },
    ],
    [
      'a refresh token that is none',
      { grant_type: 'refresh_token', client_id: 'first', refresh_token: 'x' },
      403,
      { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
    ],
  ])('%s', async (_, asked, status, body) => {
    const management = `${fake.issuer}api/v2/`;
    const sent = {
      ...asked,
      ...('audience' in asked && asked.audience === 'management' && { audience: management }),
    };
    expect(await token(fake, sent)).toMatchObject({ status, body });
  });

  it('a code verifier that does not fit', async () => {
    const { sent } = await authorize(fake, { client_id: 'first', resource });
    const refused = await token(fake, {
      ...{ grant_type: 'authorization_code', client_id: 'first', code: sent.code },
      ...{ redirect_uri: callback, code_verifier: 'x'.repeat(43) },
    });
    expect(refused).toMatchObject({
      status: 403,
      body: { error: 'invalid_grant', error_description: 'Failed to verify code verifier' },
    });
  });
});
