import { describe, expect, test } from 'vitest';
import { portcullis } from '../session.harness.js';
import { at, json, members } from './broken/damage.harness.js';
import { type Damage, startWard, type Ward } from './doctor.harness.js';

// One each: to remove a client takes the issuer until the next second, so the tests wait side by side.
const it = test.extend<{ ward: Ward }>({
  ward: async ({ task: _ }, use) => {
    const ward = await startWard();
    await use(ward);
    await ward.close();
  },
});

const ids = ['register-claude-code', 'register-cursor', 'register-vscode', 'unregister'];

/** What is said of registration, one line each. */
async function said(ward: Ward, ...words: readonly string[]): Promise<readonly string[]> {
  const { out } = await portcullis(['doctor', ward.url, '--json', ...words]);
  const { findings } = JSON.parse(out) as { findings: readonly Record<string, string>[] };
  return findings
    .filter(({ id = '' }) => ids.includes(id))
    .map(({ outcome, where = '', said: text }) =>
      `${outcome} ${where}: ${text}`
        .replaceAll(ward.origin, 'ORIGIN')
        .replace(/dcr_[\w-]{22}/g, 'ID'),
    );
}
const writes = (ward: Ward) =>
  ward.requests
    .filter(({ path }) => path.startsWith('/register'))
    .map(({ method, path }) => `${method} ${path.replace(/dcr_[\w-]{22}/, 'ID')}`);
const registering = (change: (body: Record<string, unknown>) => object, status?: number): Damage =>
  at(
    '/register',
    (answer) => {
      const body = { ...JSON.parse(answer.body), ...change(JSON.parse(answer.body)) };
      Object.assign(answer, { body: JSON.stringify(body) }, status === undefined ? {} : { status });
    },
    'POST',
  );

describe.concurrent('registration', () => {
  it('writes nothing unless it was asked to', async ({ ward }) => {
    const why = 'skip : registering writes, so it takes --register.';
    expect(await said(ward)).toEqual([why, why, why, why]);
    expect(writes(ward)).toEqual([]);
    expect(
      ward.requests.filter(({ method }) => !['GET', 'POST', 'OPTIONS'].includes(method)),
    ).toEqual([]);
  });

  it('registers three clients, one by one, and takes each back (AS-40, AS-43, AS-49)', async ({
    ward,
  }) => {
    expect(await said(ward, '--register')).toEqual([
      'ok : Claude Code can register: a loopback redirect by the name localhost, and no secret.',
      'ok : Cursor can register: redirects to a scheme of its own, to https and to loopback in one registration.',
      'ok : VS Code can register: redirects to https and to loopback without a port, and a grant that few servers know.',
      'ok : What was registered here is gone again.',
    ]);
    const pair = ['POST /register', 'DELETE /register/ID'];
    expect(writes(ward)).toEqual([...pair, ...pair, ...pair]);
    const sent = ward.requests.filter(
      ({ path, method }) => path === '/register' && method === 'POST',
    );
    expect(sent.map(({ body }) => JSON.parse(body))).toEqual([
      {
        client_name: 'Claude Code (portcullis doctor)',
        redirect_uris: ['http://localhost:3118/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
      {
        client_name: 'Cursor (portcullis doctor)',
        redirect_uris: [
          'cursor://anysphere.cursor-mcp/oauth/callback',
          'https://www.cursor.com/agents/mcp/oauth/callback',
          'http://localhost:8787/callback',
        ],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      {
        client_name: 'VS Code (portcullis doctor)',
        client_uri: 'https://code.visualstudio.com',
        redirect_uris: [
          'https://insiders.vscode.dev/redirect',
          'https://vscode.dev/redirect',
          'http://127.0.0.1/',
          'http://127.0.0.1:33418/',
        ],
        grant_types: [
          'authorization_code',
          'refresh_token',
          'urn:ietf:params:oauth:grant-type:device_code',
        ],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
    ]);
    expect(sent.map(({ headers }) => headers['content-type'])).toEqual([
      'application/json',
      'application/json',
      'application/json',
    ]);
  });

  it('says which client a server refuses, and in what words', async ({ ward }) => {
    ward.damage((answer, { body, path }) => {
      if (path !== '/register' || !body.includes('cursor:')) return;
      json(answer, { error: 'invalid_redirect_uri', error_description: 'No \u001b[2J schemes.' });
      answer.status = 400;
    });
    expect((await said(ward, '--register')).slice(1, 2)).toEqual([
      'fail ORIGIN/register: Cursor is refused: POST answered 400, error "invalid_redirect_uri": "No \\u001b[2J schemes.".',
    ]);
  });

  it.for<readonly [number, string, RegExp]>([
    [401, 'is refused: POST answered 401.', /^Let anybody register without credentials/],
    [403, 'is refused: POST answered 403.', /^Let anybody register without credentials/],
    [429, 'is refused: POST answered 429.', /^Try again later/],
    [500, 'is refused: POST answered 500.', /^Accept the registration of RFC 7591/],
    [302, 'is refused: POST answered 302.', /^Accept the registration of RFC 7591/],
  ])('knows what to do about %d', async ([status, sentence, remedy], { ward }) => {
    ward.damage(
      at('/register', (answer) => Object.assign(answer, { status, headers: {}, body: '' })),
    );
    const { out } = await portcullis(['doctor', ward.url, '--json', '--register']);
    const { findings } = JSON.parse(out) as { findings: readonly Record<string, string>[] };
    const found = findings.find(({ id }) => id === 'register-cursor');
    expect(found?.remedy).toMatch(remedy);
    expect((await said(ward, '--register')).slice(1)).toEqual([
      `fail ORIGIN/register: Cursor ${sentence}`,
      `fail ORIGIN/register: VS Code ${sentence}`,
      'skip : nothing was registered.',
    ]);
  });

  it.for<readonly [() => object, string]>([
    [() => ({ client_id: undefined }), 'the answer has no client_id'],
    [() => ({ client_id: '' }), 'the answer has no client_id'],
    [
      () => ({ redirect_uris: undefined }),
      'the answer leaves out the redirect http://localhost:3118/callback',
    ],
    [
      () => ({ redirect_uris: ['http://localhost/callback'] }),
      'the answer leaves out the redirect http://localhost:3118/callback',
    ],
    [
      () => ({ token_endpoint_auth_method: 'client_secret_basic' }),
      'the answer demands a secret, and has none',
    ],
  ])('is not content with any answer: %s', async ([change, sentence], { ward }) => {
    ward.damage(registering(change));
    expect((await said(ward, '--register'))[0]).toBe(
      `fail ORIGIN/register: Claude Code is registered in vain: ${sentence}.`,
    );
  });

  it.for<readonly [object]>([
    [{ token_endpoint_auth_method: 'client_secret_post', client_secret: 's' }],
    [{ token_endpoint_auth_method: undefined }],
  ])('takes what clients can work with: %j', async ([change], { ward }) => {
    ward.damage(registering(() => change));
    expect((await said(ward, '--register'))[0]).toMatch(/^ok /);
  });

  it('takes 200 for 201, as clients do', async ({ ward }) => {
    ward.damage(registering(() => ({}), 200));
    expect(await said(ward, '--register')).toEqual([
      expect.stringMatching(/^ok/),
      expect.stringMatching(/^ok/),
      expect.stringMatching(/^ok/),
      expect.stringMatching(/^ok/),
    ]);
  });

  it.for<readonly [string, object]>([
    ['gives no address to remove it at', { registration_client_uri: undefined }],
    ['gives no token to remove it with', { registration_access_token: undefined }],
    ['gives a token that is none', { registration_access_token: 'a\r\nX-Injected: b' }],
    ['sends the token elsewhere', { registration_client_uri: 'http://127.0.0.1:9/register/x' }],
    ['sends the token nowhere', { registration_client_uri: '/register/x' }],
  ])('names what is left where a server %s', async ([, change], { ward }) => {
    ward.damage(registering(() => change));
    expect((await said(ward, '--register')).at(-1)).toBe(
      'warn ORIGIN/register: Still registered: Claude Code "ID", Cursor "ID", VS Code "ID".',
    );
    expect(writes(ward)).toEqual(['POST /register', 'POST /register', 'POST /register']);
  });

  it('names what is left where a server does not remove it', async ({ ward }) => {
    ward.damage((answer, { method }) => {
      if (method === 'DELETE') answer.status = 405;
    });
    expect((await said(ward, '--register')).at(-1)).toMatch(
      /^warn ORIGIN\/register: Still registered: Claude Code "ID"/,
    );
  });

  it('does not register where there is nothing to register at', async ({ ward }) => {
    ward.damage(
      members('/.well-known/oauth-authorization-server', () => ({
        registration_endpoint: 'http://issuer.example/register',
      })),
    );
    const why = 'skip : there is no registration_endpoint.';
    expect(await said(ward, '--register')).toEqual([why, why, why, why]);
  });
});
