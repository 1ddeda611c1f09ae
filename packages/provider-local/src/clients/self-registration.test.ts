import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callback, post, register, startIssuer, type TestIssuer, walk } from '../issuer.harness.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

describe('registration', () => {
  it('answers 201 with the effective metadata, grammar scopes included (AS-40, AS-43, AS-46, AS-51)', async () => {
    const response = await fetch(`${issuer.issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Claude Code',
        redirect_uris: [callback],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        scope: 'mcp:tools:weather mcp:exec:workflows:*',
        software_id: 'unknown to us',
      }),
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({
      client_id: expect.stringMatching(/^dcr_[A-Za-z0-9_-]{22}$/),
      client_id_issued_at: expect.any(Number),
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
      registration_client_uri: expect.stringContaining(`${issuer.issuer}/register/dcr_`),
      client_name: 'Claude Code',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      scope: 'mcp:tools:weather mcp:exec:workflows:*',
    });
    expect(issuer.events().at(-1)).toMatchObject({ type: 'client_registered' });
  });

  it('gives a client that can keep one a secret (AS-43, AS-45)', async () => {
    const { status, body } = await register(issuer, {
      redirect_uris: ['https://app.example/cb'],
      grant_types: undefined,
      token_endpoint_auth_method: undefined,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      client_secret_expires_at: 0,
      application_type: 'web',
    });
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'http://evil.example/cb',
    'http://127.0.0.1.evil.example/cb',
    'http://127.1/cb',
    'http://10.0.0.1/cb',
    'myapp://cb',
    'com.example.app:/cb',
    'https://app.example/cb#x',
    'https://user:pw@app.example/cb',
    'https://app.example/a/../cb',
    'https://app.example\\@evil.example/',
    'not a uri',
    '/cb',
    '',
    7,
  ])('refuses to redirect to %s (AS-42, AS-63, ATK-04)', async (uri) => {
    const { status, body } = await register(issuer, { redirect_uris: [callback, uri] });
    expect([status, body.error]).toEqual([400, 'invalid_redirect_uri']);
    expect(issuer.events().at(-1)).toMatchObject({ type: 'registration_refused' });
  });

  it.each([
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'vscode://vscode.github-authentication/did-authenticate',
    'vscode-insiders://x/y',
    'http://localhost/cb',
    'http://[::1]:3000/cb',
  ])('counts a client with %s as native beside https (AS-46, AS-63)', async (uri) => {
    const redirect_uris = ['https://vscode.dev/redirect', uri];
    const { status, body } = await register(issuer, { redirect_uris });
    expect([status, body.application_type]).toEqual([201, 'native']);
    expect(body.redirect_uris).toEqual(redirect_uris);
  });

  it.each([
    [{ redirect_uris: [] }, 'invalid_redirect_uri'],
    [{ redirect_uris: undefined }, 'invalid_redirect_uri'],
    [{ redirect_uris: 'https://app.example/cb' }, 'invalid_redirect_uri'],
    [{ scope: 'a  b' }, 'invalid_client_metadata'],
    [{ scope: 7 }, 'invalid_client_metadata'],
    [{ client_name: 'x'.repeat(300) }, 'invalid_client_metadata'],
    [{ token_endpoint_auth_method: 'client_secret_jwt' }, 'invalid_client_metadata'],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    [{ jwks_uri: 'http://10.0.0.1/jwks' }, 'invalid_client_metadata'],
    [{ jwks_uri: 'https://169.254.169.254/jwks' }, 'invalid_client_metadata'],
    [{ jwks_uri: 'https://[::ffff:127.0.0.1]/jwks' }, 'invalid_client_metadata'],
    [{ jwks_uri: 'https://2130706433/jwks' }, 'invalid_client_metadata'],
    [{ jwks_uri: 'https://localhost:8443/jwks' }, 'invalid_client_metadata'],
    [{ jwks_uri: 'https://metadata.internal/jwks' }, 'invalid_client_metadata'],
    [{ jwks_uri: 'https://a.example/k', jwks: { keys: [] } }, 'invalid_client_metadata'],
    [{ grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
  ])('refuses %j (AS-26, AS-41, AS-42, AS-45, ATK-28)', async (metadata, error) => {
    const { status, body } = await register(issuer, metadata);
    expect([status, body.error]).toEqual([400, error]);
  });

  it('reads JSON objects only, and no endless ones (AS-40, ATK-28)', async () => {
    const send = async (body: string, type = 'application/json') =>
      (
        await fetch(`${issuer.issuer}/register`, {
          method: 'POST',
          headers: { 'content-type': type },
          body,
        })
      ).status;
    expect(await send('[]')).toBe(400);
    expect(await send('{')).toBe(400);
    expect(await send('a=b', 'application/x-www-form-urlencoded')).toBe(400);
    expect(await send(JSON.stringify({ client_name: 'x'.repeat(40_000) }))).toBe(413);
    expect(await send(`${'['.repeat(16_000)}${']'.repeat(16_000)}`)).toBe(400);
  });

  it('chooses the id itself, and neither secret nor trust can be asked for (AS-20, AS-50, ATK-29)', async () => {
    const { body } = await register(issuer, {
      client_id: 'user:ada',
      client_secret: 'mine',
      client_id_issued_at: 1,
      registered_scope: 'x',
      sector_identifier_uri: 'http://127.0.0.1:1/sector',
    });
    expect(body.client_id).toMatch(/^dcr_/);
    expect(body.client_secret).toBeUndefined();
    expect(body.client_id_issued_at).toBeGreaterThan(1_700_000_000);
  });

  it('never reaches a machine token, whatever is registered (EXT-01)', async () => {
    const { body } = await register(issuer, {
      grant_types: ['authorization_code', 'client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'mcp:exec:workflows:*',
    });
    expect(body.grant_types).toEqual(['authorization_code']);
    const answer = await post(`${issuer.issuer}/token`, {
      grant_type: 'client_credentials',
      client_id: body.client_id,
      client_secret: String(body.client_secret),
      scope: 'mcp:exec:workflows:*',
    });
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('is no ceiling: what was registered is only what is asked for first', async () => {
    const { body } = await register(issuer, { scope: 'mcp:tools:weather' });
    const { tokens } = await walk(issuer, body.client_id, { scope: 'mcp:tools:pay' });
    expect(tokens.scope).toBe('mcp:tools:pay');
  });

  it('gives no refresh token to a client that did not register for it (AS-107)', async () => {
    const { body } = await register(issuer, { grant_types: ['authorization_code'] });
    const { tokens } = await walk(issuer, body.client_id);
    expect(tokens.refresh_token).toBeUndefined();
  });
});
