import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, register, type Walk } from '../issuer.harness.js';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import {
  allow,
  type Broker,
  comeBack,
  startBroker,
  titleOf,
  visit,
} from './__fixtures__/sign-in-elsewhere.js';
import type { UpstreamAccountsOptions } from './upstream-options.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let broker: Broker;

/** Registers our address for sign-outs there. */
async function startWithLogout(
  scopes?: readonly string[],
  account?: UpstreamAccountsOptions['account'],
  store: LocalStore = memoryStore(),
): Promise<Broker> {
  const options = { ...(scopes && { scopes }), ...(account && { account }) };
  const started = await startBroker(options, { store });
  started.upstream.serve(`${started.issuer.issuer}/upstream/callback`, {
    backchannel_logout_uri: `${started.issuer.issuer}/upstream/logout`,
    backchannel_logout_session_required: true,
  } as never);
  return started;
}

beforeAll(async () => {
  broker = await startWithLogout();
});
afterAll(() => broker.close());

const newClient = async ({ issuer }: Broker) => (await register(issuer)).body.client_id;

async function connected(
  at: Broker,
  client: string,
  browser = formBrowser(),
): Promise<Walk['tokens']> {
  const arrived = await visit(at, client, {}, browser);
  return allow(at, arrived, await comeBack(arrived));
}

async function verdict({ issuer }: Broker, value: string): Promise<string> {
  const signal = AbortSignal.timeout(5000);
  const context = { resource: issuer.resource, now: Date.now() / 1000, signal };
  const answer = await issuer.provider.verify({ scheme: 'Bearer', value }, context);
  return answer.kind === 'principal' ? 'good' : answer.code;
}

/** A logout token of the upstream provider, with other claims. */
function logoutToken(
  claims: object = {},
  header: { readonly typ?: string } = {},
  { upstream } = broker,
) {
  const now = Math.floor(Date.now() / 1000);
  return upstream.sign(
    {
      iss: upstream.issuer,
      aud: 'portcullis',
      sub: 'ada',
      iat: now,
      exp: now + 120,
      jti: randomUUID(),
      events: { [EVENT]: {} },
      ...claims,
    },
    { typ: 'logout+jwt', ...header },
  );
}

const logout = (form: Readonly<Record<string, string>>, { issuer } = broker) =>
  post(`${issuer.issuer}/upstream/logout`, form);

describe('a sign-out at the upstream provider', () => {
  // Each with servers of its own, at once: whoever ends access waits for the next second.
  it.concurrent('ends sign-in, grants and tokens here (AS-134)', async () => {
    const told = await startWithLogout();
    const id = await newClient(told);
    const browser = formBrowser();
    const { access_token, refresh_token } = await connected(told, id, browser);
    expect(await verdict(told, access_token)).toBe('good');
    // As the upstream provider itself sends it.
    const client = await told.upstream.provider.Client.find('portcullis');
    await (
      client as unknown as { backchannelLogout(sub: string, sid: string): Promise<void> }
    ).backchannelLogout('ada', 'a session there');
    expect(await verdict(told, access_token)).toBe('token_revoked');
    const form = { grant_type: 'refresh_token', client_id: id, refresh_token };
    const { body } = await post(`${told.issuer.issuer}/token`, form);
    expect(body.error).toBe('invalid_grant');
    expect(titleOf((await visit(told, id, {}, browser)).page)).toContain('Sign in');
    await told.close();
  });

  it.concurrent('ends only the sign-in here where we may ask while people are away', async () => {
    const asking = await startWithLogout(['openid', 'offline_access']);
    const id = await newClient(asking);
    const browser = formBrowser();
    const { access_token } = await connected(asking, id, browser);
    const logout_token = await logoutToken({}, {}, asking);
    const answer = await logout({ logout_token }, asking);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await verdict(asking, access_token)).toBe('good');
    expect(titleOf((await visit(asking, id, {}, browser)).page)).toContain('Sign in');
    await asking.close();
  });

  it.concurrent('ends grants and tokens too where it was to let us ask, and gave nothing to ask with (AS-134)', async () => {
    const asking = await startWithLogout(['openid', 'offline_access']);
    asking.upstream.change = (ctx) => {
      const answer = ctx.body as Record<string, unknown> | undefined;
      if (ctx.path === '/token') delete answer?.refresh_token;
    };
    const id = await newClient(asking);
    const { access_token } = await connected(asking, id);
    const logout_token = await logoutToken({}, {}, asking);
    const { status } = await logout({ logout_token }, asking);
    expect([status, await verdict(asking, access_token)]).toEqual([200, 'token_revoked']);
    await asking.close();
  });

  it.concurrent('may name the session there alone', async () => {
    const told = await startWithLogout();
    let sid: unknown;
    told.upstream.change = (ctx) => {
      const { id_token } = (ctx.path === '/token' ? ctx.body : {}) as { id_token?: string };
      if (id_token) sid = decodeJwt(id_token).sid;
    };
    const { access_token } = await connected(told, await newClient(told));
    const other = await logoutToken({ sub: undefined, sid: 'of somebody else' }, {}, told);
    expect((await logout({ logout_token: other }, told)).status).toBe(200);
    expect(await verdict(told, access_token)).toBe('good');
    const logout_token = await logoutToken({ sub: undefined, sid }, {}, told);
    expect((await logout({ logout_token }, told)).status).toBe(200);
    expect(await verdict(told, access_token)).toBe('token_revoked');
    await told.close();
  });

  it.concurrent('ends whatever the same person was called here (AS-134)', async () => {
    let subject = 'before';
    const moving = await startWithLogout(['openid'], () => ({ subject }));
    const id = await newClient(moving);
    const before = await connected(moving, id);
    subject = 'after';
    const after = await connected(moving, id);
    const logout_token = await logoutToken({}, {}, moving);
    await logout({ logout_token }, moving);
    expect(await verdict(moving, after.access_token)).toBe('token_revoked');
    expect(await verdict(moving, before.access_token)).toBe('token_revoked');
    await moving.close();
  });

  it.concurrent('can be told again where the store failed in the middle (AS-134)', async () => {
    const store = memoryStore();
    let failing = false;
    const broken = await startWithLogout(undefined, undefined, {
      ...store,
      async insertIfAbsent(kind, ...record) {
        if (failing && kind === 'Revocation') throw new Error('away');
        return store.insertIfAbsent(kind, ...record);
      },
    });
    const id = await newClient(broken);
    const { access_token } = await connected(broken, id);
    const tell = async () => {
      const logout_token = await logoutToken({}, {}, broken);
      return (await logout({ logout_token }, broken)).status;
    };
    const recorded = () => broken.issuer.events().filter(({ type }) => type === 'token_revoked');
    failing = true;
    expect([await tell(), recorded()]).toEqual([503, []]);
    failing = false;
    expect([await tell(), recorded().length]).toEqual([200, 1]);
    expect(await verdict(broken, access_token)).toBe('token_revoked');
    await broken.close();
  });

  it.concurrent('counts once: the same token ends no later sign-in', async () => {
    const told = await startWithLogout();
    const id = await newClient(told);
    const logout_token = await logoutToken({}, {}, told);
    await connected(told, id);
    expect((await logout({ logout_token }, told)).status).toBe(200);
    const { access_token } = await connected(told, id);
    expect((await logout({ logout_token }, told)).status).toBe(200);
    expect(await verdict(told, access_token)).toBe('good');
    await told.close();
  });

  it('of somebody who is not known here is no fault', async () => {
    expect((await logout({ logout_token: await logoutToken({ sub: 'nobody' }) })).status).toBe(200);
  });

  it.each([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'another client' }],
    ['that has expired', { exp: 1 }],
    ['that is too old', { iat: 1 }],
    ['without an id', { jti: undefined }],
    ['about another event', { events: { 'https://evil.example/event': {} } }],
    ['without an event', { events: undefined }],
    ['that is an ID token', { nonce: 'n' }],
    ['that names nobody', { sub: undefined }],
  ])('is refused with a token %s', async (_, claims) => {
    const { status, body } = await logout({ logout_token: await logoutToken(claims) });
    expect([status, body]).toEqual([
      400,
      { error: 'invalid_request', error_description: 'The logout token does not hold' },
    ]);
  });

  it('is refused with a token of another type, without a signature, and without a token', async () => {
    const [header, payload] = (await logoutToken()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const form of [
      { logout_token: await logoutToken({}, { typ: 'at+jwt' }) },
      { logout_token: `${none}.${payload}.` },
      { logout_token: `${header}.${payload}.AAAA` },
      { logout_token: 'x' },
      {},
    ]) {
      expect((await logout(form)).status).toBe(400);
    }
  });

  it('waits where the keys of the upstream provider cannot be had', async () => {
    const fresh = await startWithLogout();
    const { issuer } = fresh.upstream;
    fresh.upstream.intercept = ({ url }, response) => {
      if (url !== '/jwks') return false;
      response.writeHead(503).end();
      return true;
    };
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: 'portcullis', sub: 'ada', iat: now, jti: '1' };
    const logout_token = await fresh.upstream.sign({ ...claims, events: { [EVENT]: {} } });
    const { status, headers } = await logout({ logout_token }, fresh);
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    await fresh.close();
  });
});
