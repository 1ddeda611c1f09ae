import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimsOf, post, register } from '../issuer.harness.js';
import {
  alertOf,
  allow,
  type Broker,
  comeBack,
  depart,
  press,
  signInThere,
  startBroker,
  titleOf,
  visit,
} from './__fixtures__/sign-in-elsewhere.js';

let broker: Broker;
let clientId: string;

beforeAll(async () => {
  broker = await startBroker({
    account: ({ sub, groups }) =>
      sub === 'mallory'
        ? undefined
        : {
            scopes:
              Array.isArray(groups) && groups.includes('finance') ? ['mcp:tools:weather'] : [],
          },
  });
  clientId = (await register(broker.issuer)).body.client_id;
});
afterAll(() => broker.close());
beforeEach(() => {
  broker.upstream.requests.length = 0;
  broker.upstream.intercept = undefined;
  broker.upstream.change = undefined;
});

describe('a sign-in at an upstream provider', () => {
  it('gives tokens of ours and nothing of theirs (AS-134)', async () => {
    const arrived = await visit(broker, clientId);
    const consent = await comeBack(arrived);
    expect(titleOf(consent)).toBe('Allow Test Client to use Test Server as you?');
    expect(consent.html).toContain('<strong>Ada Lovelace</strong>');
    const tokens = await allow(broker, arrived, consent);
    const { iss, sub, scope, auth_time } = claimsOf(tokens.access_token);
    expect({ iss, scope }).toEqual({ iss: broker.issuer.issuer, scope: 'mcp:tools:weather' });
    expect(sub).toMatch(/^upstream:[\w-]{43}$/);
    expect(Number(auth_time)).toBeGreaterThan(Date.now() / 1000 - 10);
    const { status } = await post(`${broker.issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: tokens.refresh_token,
    });
    expect(status).toBe(200);
  });

  it('is named on our own page first, for each client and person, with the client, its redirect and their scopes (AS-130, ATK-15)', async () => {
    const { browser, page } = await visit(broker, clientId);
    expect(page.status).toBe(200);
    expect(broker.upstream.requests).toEqual([]);
    for (const shown of ['Test Client', '127.0.0.1:53111', 'Acme SSO', 'openid', 'email']) {
      expect(page.html).toContain(shown);
    }
    expect(page.html).toContain(new URL(broker.upstream.issuer).host);
    // Signed in there for one client, and asked again on our page for the next one.
    await comeBack({ browser, clientId, verifier: '', page });
    const other = (await register(broker.issuer, { client_name: 'A New Client' })).body.client_id;
    broker.upstream.requests.length = 0;
    const again = await visit(broker, other, { prompt: 'login' }, browser);
    expect(again.page.html).toContain('A New Client');
    const consent = await visit(broker, other, {}, browser);
    expect(titleOf(consent.page)).toBe('Allow A New Client to use Test Server as you?');
    expect(broker.upstream.requests).toEqual([]);
  });

  it('asks with PKCE, state and nonce, for the code only (AS-132, AS-135, CL-06)', async () => {
    const url = await depart(await visit(broker, clientId));
    expect(`${url.origin}${url.pathname}`).toBe(`${broker.upstream.issuer}/auth`);
    const { state, nonce, code_challenge, ...rest } = Object.fromEntries(url.searchParams);
    for (const value of [state, nonce, code_challenge]) expect(value).toMatch(/^[\w-]{32,43}$/);
    expect(rest).toEqual({
      client_id: 'portcullis',
      redirect_uri: `${broker.issuer.issuer}/upstream/callback`,
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      max_age: '2592000',
    });
  });

  it('does not begin when the person cancels', async () => {
    const { browser, page } = await visit(broker, clientId);
    const { leadsTo } = await press(browser, page, 'cancel');
    expect(Object.fromEntries(leadsTo?.searchParams ?? [])).toEqual({
      error: 'access_denied',
      error_description: 'The person did not sign in',
      state: 'state-1',
      iss: broker.issuer.issuer,
    });
    expect(broker.upstream.requests).toEqual([]);
  });

  it('refuses a form without a decision', async () => {
    const { browser, page } = await visit(broker, clientId);
    expect((await press(browser, page, 'maybe')).status).toBe(403);
    expect(broker.upstream.requests).toEqual([]);
  });

  it('can be tried again, or given up, when the upstream provider signs nobody in', async () => {
    const arrived = await visit(broker, clientId);
    const page = await comeBack(arrived, '');
    expect(page.status).toBe(400);
    expect(alertOf(page)).toBe('You are not signed in');
    // What it wrote about the error is not shown.
    expect(page.html).not.toContain('Go away');
    expect(broker.issuer.events().at(-1)).toMatchObject({
      type: 'sign_in_failed',
      detail: 'upstream: access_denied',
    });
    const consent = await comeBack({ ...arrived, page });
    expect(titleOf(consent)).toBe('Allow Test Client to use Test Server as you?');
  });

  it('turns away whom "account" turns away, and offers another account', async () => {
    const arrived = await visit(broker, clientId);
    const page = await comeBack(arrived, 'mallory');
    expect(page.status).toBe(403);
    expect(alertOf(page)).toBe('Your account may not use this server');
    const url = await depart({ ...arrived, page });
    expect(url.searchParams.get('prompt')).toBe('login');
    const consent = await arrived.browser.open(await signInThere(arrived.browser, url, 'ada'));
    expect(consent.html).toContain('<strong>Ada Lovelace</strong>');
  });

  it('holds a person to the scopes that "account" gave', async () => {
    const consent = await comeBack(await visit(broker, clientId), 'bob');
    expect(consent.html).toContain('<strong>bob</strong>');
    expect(consent.html).toContain('Your account cannot allow any of what it asks for.');
  });

  it('lets somebody else sign in with "Not you?"', async () => {
    const arrived = await visit(broker, clientId);
    const consent = await comeBack(arrived);
    const [switchAccount] = consent.forms;
    const page = await arrived.browser.submit(switchAccount as never);
    expect(titleOf(page)).toContain('Sign in to Test Server');
    const url = await depart({ ...arrived, page });
    expect(url.searchParams.get('prompt')).toBe('login');
    const other = await arrived.browser.open(await signInThere(arrived.browser, url, 'bob'));
    expect(other.html).toContain('<strong>bob</strong>');
  });

  it('passes on how fresh a sign-in has to be, and holds the answer to it', async () => {
    const { browser } = await visit(broker, clientId);
    await comeBack(await visit(broker, clientId, {}, browser));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
    try {
      const again = await visit(broker, clientId, { prompt: 'login' }, browser);
      const url = await depart(again);
      expect(url.searchParams.get('prompt')).toBe('login');
      expect(url.searchParams.get('max_age')).toBe('0');
      // Somebody takes the wish out on the way, and the upstream provider signs in silently.
      url.searchParams.delete('prompt');
      url.searchParams.set('max_age', '2592000');
      const page = await browser.open(await signInThere(browser, url));
      expect(page.status).toBe(400);
      expect(alertOf(page)).toBe('This needs a fresh sign-in');
      const consent = await comeBack({ ...again, page });
      expect(titleOf(consent)).toContain('Allow Test Client');
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes the age of a sign-in there for its age here (RFC 9470)', async () => {
    const { browser } = await visit(broker, clientId);
    const first = await visit(broker, clientId, {}, browser);
    const then = Date.now() / 1000;
    await signInThere(browser, await depart(first));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
    try {
      const later = await visit(broker, clientId, {}, browser);
      const tokens = await allow(broker, later, await comeBack(later));
      expect(Math.abs(Number(claimsOf(tokens.access_token).auth_time) - then)).toBeLessThan(5);
      const fresh = await visit(broker, clientId, { max_age: '60' }, browser);
      const url = await depart(fresh);
      expect(url.searchParams.get('max_age')).toBe('60');
      expect(titleOf(await browser.open(await signInThere(browser, url)))).toContain('Allow');
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes a time of sign-in with a fraction for a whole second', async () => {
    const then = Math.floor(Date.now() / 1000) - 10;
    broker.upstream.change = async (ctx) => {
      if (ctx.path !== '/token') return;
      const answer = ctx.body as Record<string, unknown>;
      const claims = decodeJwt(String(answer.id_token));
      answer.id_token = await broker.upstream.sign({ ...claims, auth_time: then + 0.5 });
    };
    const arrived = await visit(broker, clientId);
    const { access_token } = await allow(broker, arrived, await comeBack(arrived));
    broker.upstream.change = undefined;
    expect(claimsOf(access_token).auth_time).toBe(then);
  });

  it('takes whoever signs in there, in place of who was signed in here (AS-83)', async () => {
    const { browser } = await visit(broker, clientId);
    await comeBack(await visit(broker, clientId, {}, browser));
    const again = await visit(broker, clientId, { prompt: 'login' }, browser);
    const consent = await comeBack(again, 'bob');
    expect(consent.html).toContain('<strong>bob</strong>');
    const next = await visit(broker, clientId, {}, browser);
    expect(next.page.html).toContain('<strong>bob</strong>');
  });

  it('is slowed down where one address tries too often', async () => {
    const slow = await startBroker(
      {},
      {
        trustedProxies: 0,
        rateLimits: { signIn: { requests: 1, seconds: 60 } },
      },
    );
    const id = (await register(slow.issuer)).body.client_id;
    const arrived = await visit(slow, id);
    await depart(arrived);
    const other = await visit(slow, id);
    const refused = await press(other.browser, other.page, 'continue');
    expect([refused.status, alertOf(refused)]).toEqual([429, 'You are not signed in']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(slow.upstream.requests).toEqual(['GET /.well-known/openid-configuration']);
    await slow.close();
  });

  it('keeps a login_required for prompt=none', async () => {
    const { page } = await visit(broker, clientId, { prompt: 'none' });
    expect(page.leadsTo?.searchParams.get('error')).toBe('login_required');
    expect(broker.upstream.requests).toEqual([]);
  });
});
