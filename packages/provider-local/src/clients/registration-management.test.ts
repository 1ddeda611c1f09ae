import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  callback,
  post,
  rawGet,
  register,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer({ rateLimits: false });
});
afterAll(() => issuer.close());

interface Client {
  readonly id: string;
  readonly url: string;
  readonly token: string;
  readonly body: Readonly<Record<string, unknown>>;
}

async function newClient(metadata: object = {}): Promise<Client> {
  const { body } = await register(issuer, { ...metadata });
  const { registration_client_uri: url, registration_access_token: token } = body;
  return { id: body.client_id, url: String(url), token: String(token), body };
}

async function send(
  method: string,
  url: string,
  token?: string,
  body?: unknown,
  type = 'application/json',
) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> | undefined,
  };
}

const challengeOf = ({ headers }: { readonly headers: Headers }) => headers.get('www-authenticate');
const missing = 'Bearer realm="registration"';
const wrong = 'Bearer realm="registration", error="invalid_token"';
const refused = {
  error: 'invalid_token',
  error_description: 'Managing a client needs its registration access token',
};

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

  it('is gone with secret, grants, tokens and consent once it is deleted (AS-49, ATK-29)', async () => {
    const { id, url, token } = await newClient({ client_name: 'Short-lived' });
    const { tokens } = await walk(issuer, id);
    const other = await newClient();
    const elsewhere = (await walk(issuer, other.id)).tokens;
    const heard: unknown[] = [];
    const stop = issuer.provider.onRevocation?.((revocation) => heard.push(revocation));
    const gone = await send('DELETE', url, token);
    stop?.();
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    expect(gone.headers.get('cache-control')).toBe('no-store');
    expect(heard).toContainEqual({ kind: 'subject', subject: 'user:ada', clientId: id });

    const judge = async (value: string) => {
      const context = {
        resource: issuer.resource,
        now: Date.now() / 1000,
        signal: AbortSignal.timeout(5000),
      };
      return (await issuer.provider.verify({ scheme: 'Bearer', value }, context)).kind;
    };
    expect(await judge(tokens.access_token)).toBe('rejection');
    expect(await judge(elsewhere.access_token)).toBe('principal');
    const refresh = await post(`${issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: id,
      refresh_token: tokens.refresh_token,
    });
    expect([refresh.status, refresh.body.error]).toEqual([401, 'invalid_client']);
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const again = await send(method, url, token, method === 'PUT' ? {} : undefined);
      expect([again.status, challengeOf(again), again.body]).toEqual([401, wrong, refused]);
    }
    expect(issuer.events().find(({ type }) => type === 'client_removed')).toMatchObject({
      clientId: id,
      detail: 'by the client',
    });
  });

  it('is managed by nobody but who holds its own token (AS-49, ATK-29)', async () => {
    const [one, two] = [await newClient(), await newClient()];
    const nobody = `${issuer.issuer}/register/dcr_AAAAAAAAAAAAAAAAAAAAAA`;
    const body = { client_id: one.id, redirect_uris: ['https://evil.example/cb'] };
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const sent = method === 'PUT' ? body : undefined;
      for (const [url, token] of [
        [one.url, two.token],
        [one.url, one.token.slice(1)],
        [one.url, one.token.toUpperCase()],
        [nobody, one.token],
      ] as const) {
        const answer = await send(method, url, token, sent);
        expect([answer.status, challengeOf(answer), answer.body]).toEqual([401, wrong, refused]);
      }
      for (const url of [one.url, `${one.url}?access_token=${one.token}`]) {
        const answer = await send(method, url, undefined, sent);
        expect([answer.status, challengeOf(answer), answer.body]).toEqual([401, missing, refused]);
      }
    }
    // An attempt ends neither token.
    for (const { url, token, body: answered } of [one, two]) {
      expect((await send('GET', url, token)).body).toEqual(answered);
    }
    expect(JSON.stringify(issuer.events())).not.toContain(two.token);
  });

  it('is managed at its own URL and with the three verbs only (AS-49)', async () => {
    const { id, url, token } = await newClient();
    const post405 = await send('POST', url, token, {});
    expect([post405.status, post405.headers.get('allow')]).toEqual([
      405,
      'GET, PUT, DELETE, HEAD, OPTIONS',
    ]);
    const put405 = await send('PUT', `${issuer.issuer}/register`, token, {});
    expect([put405.status, put405.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    const preflight = await send('OPTIONS', url);
    expect([
      preflight.status,
      preflight.headers.get('access-control-allow-methods'),
      preflight.headers.get('access-control-allow-headers'),
    ]).toEqual([
      204,
      'GET, PUT, DELETE, HEAD, OPTIONS',
      'Authorization, Content-Type, MCP-Protocol-Version',
    ]);
    for (const path of [
      `${id}/`,
      `${id}x`,
      id.slice(0, -1),
      'robot',
      'https:%2F%2Fevil.example%2F',
    ]) {
      const answer = await rawGet(issuer.issuer, `/register/${path}`, {
        authorization: `Bearer ${token}`,
      });
      expect([path, answer.status]).toEqual([path, 404]);
    }
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

describe('the management of registrations', () => {
  it('is below the path of the issuer, and gone with registration', async () => {
    const below = await startIssuer({ path: '/as' });
    const { body } = await register(below);
    expect(body.registration_client_uri).toBe(`${below.issuer}/register/${body.client_id}`);
    const token = String(body.registration_access_token);
    expect((await send('GET', String(body.registration_client_uri), token)).body).toEqual(body);
    await below.close();
    const off = await startIssuer({ dynamicRegistration: false });
    const path = `${off.issuer}/register/dcr_AAAAAAAAAAAAAAAAAAAAAA`;
    expect((await send('GET', path, token)).status).toBe(404);
    await off.close();
  });

  it('counts what comes without a good token, and only that (AS-47)', async () => {
    const limited = await startIssuer({
      trustedProxies: 0,
      rateLimits: { registration: { requests: 3, seconds: 3600 } },
    });
    const { body } = await register(limited);
    const url = String(body.registration_client_uri);
    const good = String(body.registration_access_token);
    for (let times = 0; times < 5; times += 1) {
      expect((await send('GET', url, good)).status).toBe(200);
    }
    expect((await send('GET', url, 'guess')).status).toBe(401);
    expect((await send('GET', url, 'guess')).status).toBe(401);
    expect((await send('GET', url, 'guess')).status).toBe(429);
    await limited.close();
  });
});
