import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callback, startIssuer, type TestIssuer } from '../issuer.harness.js';
import {
  type ManagedClient,
  registerManaged,
  manage as send,
} from './registration-management.harness.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer({ rateLimits: false });
});
afterAll(() => issuer.close());

const newClient = (metadata: Readonly<Record<string, unknown>> = {}): Promise<ManagedClient> =>
  registerManaged(issuer, metadata);

describe('a registration', () => {
  it('is answered with the URL and the token that manage it (AS-49)', async () => {
    const { id, body } = await newClient({ token_endpoint_auth_method: 'client_secret_post' });
    expect(body).toEqual({
      client_id: id,
      client_id_issued_at: expect.any(Number),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
      registration_client_uri: `${issuer.issuer}/register/${id}`,
      client_name: 'Test Client',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      application_type: 'native',
    });
  });

  it('is shown again as it was answered, and never to a cache (AS-49)', async () => {
    const { url, token, body } = await newClient({
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'mcp:tools:weather mcp:exec:workflows:*',
    });
    const shown = await send('GET', url, token);
    expect([shown.status, shown.body]).toEqual([200, body]);
    expect(shown.headers.get('cache-control')).toBe('no-store');
    expect(shown.headers.get('content-type')).toBe('application/json');
    expect(shown.headers.get('access-control-allow-origin')).toBe('*');
    expect((await send('HEAD', url, token)).status).toBe(200);
  });

  it('is replaced as a whole; id, secret, times and token stay (AS-49)', async () => {
    const before = await newClient({
      token_endpoint_auth_method: 'client_secret_post',
      client_uri: 'https://app.example/',
      scope: 'mcp:tools:weather',
    });
    const { id, url, token, body } = before;
    const put = await send('PUT', url, token, {
      client_id: id,
      client_secret: body.client_secret,
      client_name: 'Renamed',
      redirect_uris: ['https://app.example/cb'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_post',
    });
    const expected = {
      client_id: id,
      client_id_issued_at: body.client_id_issued_at,
      client_secret: body.client_secret,
      client_secret_expires_at: 0,
      registration_access_token: token,
      registration_client_uri: `${issuer.issuer}/register/${id}`,
      client_name: 'Renamed',
      redirect_uris: ['https://app.example/cb'],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      application_type: 'web',
    };
    expect([put.status, put.body]).toEqual([200, expected]);
    expect(put.headers.get('cache-control')).toBe('no-store');
    expect(put.headers.get('access-control-allow-origin')).toBe('*');
    expect((await send('GET', url, token)).body).toEqual(expected);
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'client_changed',
      clientId: id,
      detail: 'by the client',
    });
  });

  it.each([
    ['another client_id', { client_id: 'dcr_AAAAAAAAAAAAAAAAAAAAAA' }],
    ['no client_id', { client_id: undefined }],
    ['a token', { registration_access_token: 'x' }],
    ['a URL', { registration_client_uri: 'https://evil.example/' }],
    ['a time of issue', { client_id_issued_at: 1 }],
    ['an expiry of the secret', { client_secret_expires_at: 0 }],
    ['a secret of its choice', { client_secret: 'x'.repeat(43) }],
  ])('is not replaced by one with %s (AS-49, AS-50, ATK-29)', async (_what, change) => {
    const { id, url, token, body } = await newClient();
    const answer = await send('PUT', url, token, {
      client_id: id,
      client_name: 'Renamed',
      redirect_uris: [callback],
      token_endpoint_auth_method: 'none',
      ...change,
    });
    expect([answer.status, answer.body?.error]).toEqual([400, 'invalid_request']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await send('GET', url, token)).body).toEqual(body);
    expect(issuer.events().at(-1)).toMatchObject({ type: 'registration_refused', clientId: id });
  });

  it.each([
    [{ redirect_uris: ['http://evil.example/cb'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: undefined }, 'invalid_redirect_uri'],
    [{ grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [{ jwks_uri: 'https://169.254.169.254/jwks' }, 'invalid_client_metadata'],
    [{ scope: 'a  b' }, 'invalid_client_metadata'],
    [{ client_name: 'x'.repeat(300) }, 'invalid_client_metadata'],
    [{ token_endpoint_auth_method: 'client_secret_jwt' }, 'invalid_client_metadata'],
  ])('is held to the same rules when it is replaced: %j (AS-42, AS-49)', async (change, error) => {
    const { id, url, token, body } = await newClient();
    const answer = await send('PUT', url, token, {
      client_id: id,
      redirect_uris: [callback],
      token_endpoint_auth_method: 'none',
      ...change,
    });
    expect([answer.status, answer.body?.error]).toEqual([400, error]);
    expect((await send('GET', url, token)).body).toEqual(body);
  });

  it('takes no members of ours from outside, and loses none of them (AS-49)', async () => {
    const { id, url, token } = await newClient();
    const answer = await send('PUT', url, token, {
      client_id: id,
      redirect_uris: [callback],
      token_endpoint_auth_method: 'none',
      in_use: true,
      managed_by: 'x',
      registered_scope: 'mcp:tools:weather',
    });
    expect(answer.status).toBe(200);
    expect((await send('GET', url, token)).status).toBe(200);
  });

  it('gets a secret when it needs one, and has none when it does not (AS-45, AS-51)', async () => {
    const { id, url, token, body } = await newClient();
    expect(body).not.toHaveProperty('client_secret');
    const change = { client_id: id, redirect_uris: [callback] };
    const confidential = await send('PUT', url, token, {
      ...change,
      token_endpoint_auth_method: 'client_secret_post',
    });
    for (const client_secret of ['x'.repeat(43), '', 7, null]) {
      const wanted = { ...change, token_endpoint_auth_method: 'client_secret_post', client_secret };
      expect((await send('PUT', url, token, wanted)).status).toBe(400);
    }
    expect(confidential.body).toMatchObject({
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
    });
    const open = await send('PUT', url, token, { ...change, token_endpoint_auth_method: 'none' });
    expect(open.status).toBe(200);
    expect(open.body).not.toHaveProperty('client_secret');
    expect((await send('GET', url, token)).body).toEqual(open.body);
  });

  it('reads JSON objects only, and no endless ones', async () => {
    const { id, url, token } = await newClient();
    expect((await send('PUT', url, token, 'a=b', 'text/plain')).body).toEqual({
      error: 'invalid_client_metadata',
      error_description: 'The body must be application/json',
    });
    expect((await send('PUT', url, token, '{')).status).toBe(400);
    expect((await send('PUT', url, token, '[]')).status).toBe(400);
    const giant = { client_id: id, client_name: 'x'.repeat(40_000) };
    expect((await send('PUT', url, token, giant)).status).toBe(413);
  });

  it('is changed without a gap by many at once, and never after it was deleted (AS-49)', async () => {
    const { id, url, token } = await newClient();
    const rename = (client_name: string) =>
      send('PUT', url, token, {
        client_id: id,
        client_name,
        redirect_uris: [callback],
        token_endpoint_auth_method: 'none',
      });
    const names = Array.from({ length: 10 }, (_, index) => `Name ${index}`);
    const answers = await Promise.all(names.map(rename));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const deleting = send('DELETE', url, token);
    const during = Promise.all(names.map(rename));
    expect((await deleting).status).toBe(204);
    for (const { status } of await during) expect([200, 401]).toContain(status);
    expect((await send('GET', url, token)).status).toBe(401);
    expect((await rename('Ghost')).status).toBe(401);
  });
});
