import { describe, expect, it } from 'vitest';
import {
  codeFields,
  post,
  refreshToken,
  startAuthorization,
} from './fake-authorization.harness.js';
import { oauthFault } from './oauth-fault.js';

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});
const refreshing = (token: string, more = {}) => ({
  grant_type: 'refresh_token',
  client_id: 'public',
  refresh_token: token,
  ...more,
});
const errorOf = (answer: { body: Record<string, unknown> }) => answer.body.error;

describe('a code', () => {
  it('becomes a token for whoever has the verifier', async () => {
    const oauth = startAuthorization();
    const { status, body } = await post(oauth.token, await codeFields(oauth));
    expect([status, body]).toEqual([
      200,
      {
        access_token:
          '{"client":"public","subject":"user-1","audience":["https://mcp.example.com/mcp"],"scopes":["news:read","offline_access"]}',
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'news:read offline_access',
        refresh_token: expect.stringMatching(/^[A-Za-z0-9_-]{32}$/),
      },
    ]);
  });

  it('comes from nobody’s cache', async () => {
    const oauth = startAuthorization();
    const body = new URLSearchParams(await codeFields(oauth));
    const answer = await oauth.token(new Request('https://a.example', { method: 'POST', body }));
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['a wrong verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect', { redirect_uri: 'http://127.0.0.1:1000/cb' }],
    ['another code', { code: 'guessed' }],
    ['another client', { client_id: 'machine', client_secret: 's3cret:ü' }],
  ])('is refused with %s, and gone then', async (_, change) => {
    const oauth = startAuthorization();
    const fields = await codeFields(oauth);
    const refused = await post(oauth.token, { ...fields, ...change });
    expect([refused.status, errorOf(refused)]).toEqual([400, 'invalid_grant']);
    const again = await post(oauth.token, fields);
    // A guess cannot use up a code that it did not name.
    expect(errorOf(again)).toBe('code' in change ? undefined : 'invalid_grant');
  });

  it('is good once; a second use ends what the first one brought', async () => {
    const oauth = startAuthorization();
    const fields = await codeFields(oauth);
    const first = await post(oauth.token, fields);
    expect(errorOf(await post(oauth.token, fields))).toBe('invalid_grant');
    const refreshed = await post(oauth.token, refreshing(String(first.body.refresh_token)));
    expect(errorOf(refreshed)).toBe('invalid_grant');
  });

  it('is good for a minute', async () => {
    let now = 0;
    const oauth = startAuthorization({ clock: () => now });
    const fields = await codeFields(oauth);
    now = 60_001;
    expect(errorOf(await post(oauth.token, fields))).toBe('invalid_grant');
  });

  it('brings a refresh token only where offline access was granted, or the vendor says so', async () => {
    const oauth = startAuthorization();
    const scope = { scope: 'news:read' };
    const without = await post(oauth.token, await codeFields(oauth, scope));
    expect(without.body).not.toHaveProperty('refresh_token');
    const always = startAuthorization({ refreshes: () => true });
    expect((await post(always.token, await codeFields(always, scope))).body).toHaveProperty(
      'refresh_token',
    );
  });
});

describe('a refresh token', () => {
  it('rotates; the one before ends the family (RFC 9700 §4.14.2)', async () => {
    const oauth = startAuthorization();
    const first = await refreshToken(oauth);
    const second = String((await post(oauth.token, refreshing(first))).body.refresh_token);
    expect(second).not.toBe(first);
    expect((await post(oauth.token, refreshing(second))).status).toBe(200);
    expect(errorOf(await post(oauth.token, refreshing(first)))).toBe('invalid_grant');
    expect(errorOf(await post(oauth.token, refreshing(second)))).toBe('invalid_grant');
  });

  it('narrows one access token, widens none, and keeps its own scopes', async () => {
    const oauth = startAuthorization();
    const first = await refreshToken(oauth);
    const wide = await post(oauth.token, refreshing(first, { scope: 'news:write' }));
    expect([wide.status, errorOf(wide)]).toEqual([400, 'invalid_scope']);
    const narrow = await post(oauth.token, refreshing(first, { scope: 'news:read' }));
    expect(narrow.body.scope).toBe('news:read');
    const next = await post(oauth.token, refreshing(String(narrow.body.refresh_token)));
    expect(next.body.scope).toBe('news:read offline_access');
  });

  it('is of no use to another client', async () => {
    const oauth = startAuthorization();
    const stolen = refreshing(await refreshToken(oauth), { client_id: 'machine' });
    const answer = await post(oauth.token, { ...stolen, client_secret: 's3cret:ü' });
    expect(errorOf(answer)).toBe('invalid_grant');
  });

  it('ends when it is revoked, or all are', async () => {
    const oauth = startAuthorization();
    const token = await refreshToken(oauth);
    const revoking = { client_id: 'public', token };
    expect(await post(oauth.revoke, revoking)).toEqual({ status: 200, body: {} });
    expect((await post(oauth.revoke, { ...revoking, token: 'unknown' })).status).toBe(200);
    expect(errorOf(await post(oauth.token, refreshing(token)))).toBe('invalid_grant');
    const other = await refreshToken(oauth);
    const open = await codeFields(oauth);
    oauth.revokeGrants();
    expect(errorOf(await post(oauth.token, refreshing(other)))).toBe('invalid_grant');
    expect(errorOf(await post(oauth.token, open))).toBe('invalid_grant');
  });

  it('stays where a client may not revoke, or another one tries', async () => {
    const oauth = startAuthorization({ revocable: (client) => client.secret !== undefined });
    const token = await refreshToken(oauth);
    const refused = await post(oauth.revoke, { client_id: 'public', token });
    expect([refused.status, errorOf(refused)]).toEqual([401, 'invalid_client']);
    await post(oauth.revoke, { client_id: 'machine', client_secret: 's3cret:ü', token });
    expect((await post(oauth.token, refreshing(token))).status).toBe(200);
  });
});

describe('client credentials', () => {
  const fields = { grant_type: 'client_credentials', scope: 'news:read', resource: 'r' };
  const token = '{"client":"machine","audience":["r"],"scopes":["news:read"]}';

  it('are taken from Basic, from a form and from JSON, without a refresh token', async () => {
    const oauth = startAuthorization({ refreshes: () => true });
    const inBody = { client_id: 'machine', client_secret: 's3cret:ü' };
    const json = new Request('https://as.example.com/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...fields, ...inBody }),
    });
    const wanted = {
      access_token: token,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'news:read',
    };
    expect((await post(oauth.token, fields, basic('machine', 's3cret:ü'))).body).toEqual(wanted);
    expect((await post(oauth.token, { ...fields, ...inBody })).body).toEqual(wanted);
    expect(await (await oauth.token(json)).json()).toEqual(wanted);
  });

  it.each([
    ['a wrong secret', basic('machine', 'guess'), 401, 'invalid_client'],
    ['an unknown client', basic('nobody', 's3cret:ü'), 401, 'invalid_client'],
    ['no client', {}, 401, 'invalid_client'],
    ['a secret for a public client', basic('public', 'x'), 401, 'invalid_client'],
  ])('are refused with %s', async (_, headers, status, error) => {
    const answer = await post(startAuthorization().token, fields, headers);
    expect([answer.status, errorOf(answer)]).toEqual([status, error]);
  });

  it('are not for public clients', async () => {
    const answer = await post(startAuthorization().token, { ...fields, client_id: 'public' });
    expect([answer.status, errorOf(answer)]).toEqual([400, 'unauthorized_client']);
  });
});

describe('vendors', () => {
  it('answer a refusal in their own way', async () => {
    const oauth = startAuthorization({
      answerFault: ({ reason }, endpoint) =>
        reason === 'wrong_secret'
          ? { status: 403, body: { error: 'access_denied', at: endpoint }, headers: { 'x-v': '1' } }
          : undefined,
    });
    const fields = { grant_type: 'client_credentials', client_id: 'machine', client_secret: 'x' };
    expect(await post(oauth.token, fields)).toEqual({
      status: 403,
      body: { error: 'access_denied', at: 'token' },
    });
    expect(errorOf(await post(oauth.token, { grant_type: 'password', client_id: 'public' }))).toBe(
      'unsupported_grant_type',
    );
  });

  it('add grant types and members of their own', async () => {
    const oauth = startAuthorization({
      extensionGrant: ({ grantType, parameters }) => {
        if (grantType !== 'urn:x') return undefined;
        if (parameters.subject_token !== 'good') return oauthFault('invalid_grant', 'No.');
        return { subject: 'user-7', audience: ['up'], scopes: [] };
      },
      extras: ({ grantType }) => ({ issued_token_type: grantType }),
    });
    const fields = { grant_type: 'urn:x', client_id: 'public', subject_token: 'good' };
    expect((await post(oauth.token, fields)).body).toEqual({
      access_token: '{"client":"public","subject":"user-7","audience":["up"],"scopes":[]}',
      token_type: 'Bearer',
      expires_in: 3600,
      issued_token_type: 'urn:x',
    });
    const refused = await post(oauth.token, { ...fields, subject_token: 'bad' });
    expect([refused.status, errorOf(refused)]).toEqual([400, 'invalid_grant']);
  });

  it('say what a request without a grant type is', async () => {
    const oauth = startAuthorization();
    expect(errorOf(await post(oauth.token, { client_id: 'public' }))).toBe('invalid_request');
    const text = new Request('https://as.example.com', { method: 'POST', body: '{"grant_type":1' });
    expect((await oauth.token(text)).status).toBe(400);
  });
});
