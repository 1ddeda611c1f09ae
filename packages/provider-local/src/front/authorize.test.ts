import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  claimsOf,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';

let issuer: TestIssuer;
let local: string;
let web: string;
const webCallback = 'https://app.example/cb';
const { challenge } = pkce();

beforeAll(async () => {
  issuer = await startIssuer();
  local = (await register(issuer)).body.client_id;
  web = (await register(issuer, { redirect_uris: [webCallback] })).body.client_id;
});
afterAll(() => issuer.close());
afterEach(() => vi.useRealTimers());

const open = (parameters: Readonly<Record<string, string | undefined>>) =>
  formBrowser().open(
    authorizationUrl(issuer, { client_id: local, code_challenge: challenge, ...parameters }),
  );

describe('errors that are nobody else to be told', () => {
  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: undefined }],
    ['an unregistered redirect', { redirect_uri: 'http://127.0.0.1:53111/other' }],
    ['an empty redirect', { redirect_uri: '' }],
  ])('shows a page and redirects nowhere for %s (AS-61, ATK-03)', async (_what, parameters) => {
    const page = await open(parameters);
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
    expect(page.html).toContain('<h1>');
  });

  it.each([
    'redirect_uri=http%3A%2F%2Fevil.example',
    'redirect_uri%5B%5D=x',
    'redirect_uri%5Ba%5D=x',
  ])('takes no second or nested %s (AS-69, ATK-03)', async (more) => {
    const url = authorizationUrl(issuer, { client_id: local, code_challenge: challenge });
    const page = await formBrowser().open(`${url}&${more}`);
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
  });

  it('sets the headers of a page (AS-76, AS-77)', async () => {
    const page = await open({ client_id: 'nobody' });
    const names = [
      'content-security-policy',
      'x-frame-options',
      'referrer-policy',
      'x-content-type-options',
      'cache-control',
      'cross-origin-opener-policy',
    ];
    expect(names.map((name) => page.headers.get(name))).toEqual([
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      'DENY',
      'no-referrer',
      'nosniff',
      'no-store',
      'same-origin',
    ]);
  });
});

describe('redirect URIs', () => {
  it.each([
    'https://app.example/cb/',
    'https://app.example/cb/x',
    'https://app.example/cb?x=1',
    'https://app.example/CB',
    'https://APP.example/cb',
    'https://app.example/%63b',
    'https://app.example/x/../cb',
    'https://app.example/%2e%2e/cb',
    'https://app.example:8443/cb',
    'https://app.example:443/cb',
    'https://user@app.example/cb',
    'https://evil.app.example/cb',
    'https://app.example.evil.example/cb',
    'https://app.example/cb#x',
    'http://app.example/cb',
  ])('refuses %s for https://app.example/cb (AS-62, ATK-01)', async (uri) => {
    const page = await open({ client_id: web, redirect_uri: uri });
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
  });

  it.each([
    'http://localhost:53111/callback',
    'http://127.0.0.2:53111/callback',
    'http://127.1:53111/callback',
    'http://0x7f000001:53111/callback',
    'http://[::1]:53111/callback',
    'http://[::ffff:127.0.0.1]:53111/callback',
    'http://localhost.evil.example/callback',
    'http://127.0.0.1@evil.example/callback',
    'http://evil.example@127.0.0.1:53111/callback',
    'https://127.0.0.1:53111/callback',
    'http://127.0.0.1:53111/callback/',
    'http://127.0.0.1:53111/Callback',
    'http://127.0.0.1:53111/callback?x=1',
  ])('refuses %s for http://127.0.0.1:53111/callback (AS-62, ATK-02)', async (uri) => {
    const page = await open({ redirect_uri: uri });
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
  });

  it('lets only the port of a loopback redirect differ (AS-62, ATK-02)', async () => {
    const other = 'http://127.0.0.1:61999/callback';
    const { tokens } = await walk(issuer, local, { parameters: { redirect_uri: other } });
    expect(claimsOf(tokens.access_token).client_id).toBe(local);
  });

  it('may be left out where exactly one is registered (AS-61)', async () => {
    const url = authorizationUrl(issuer, {
      client_id: local,
      code_challenge: challenge,
      redirect_uri: undefined,
    });
    const target = await formBrowser().authorize(url, ada);
    expect(`${target.origin}${target.pathname}`).toBe(callback);
  });
});

describe('errors that go to the client', () => {
  it.each([
    ['no challenge (AS-66)', { code_challenge: undefined }, 'invalid_request'],
    ['no method (AS-67)', { code_challenge_method: undefined }, 'invalid_request'],
    ['plain (AS-67)', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a short challenge (AS-67)', { code_challenge: 'x'.repeat(42) }, 'invalid_request'],
    ['a long challenge (AS-67)', { code_challenge: 'x'.repeat(129) }, 'invalid_request'],
    ['no response type (AS-65)', { response_type: undefined }, 'invalid_request'],
    ['the implicit flow (AS-65)', { response_type: 'token' }, 'unsupported_response_type'],
    ['a hybrid flow (AS-65)', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['another response mode', { response_mode: 'form_post' }, 'unsupported_response_mode'],
    ['a fragment', { response_mode: 'fragment' }, 'unsupported_response_mode'],
    ['an unknown resource (AS-72)', { resource: 'https://evil.example/mcp' }, 'invalid_target'],
    ['a malformed resource (AS-72)', { resource: 'mcp' }, 'invalid_target'],
    ['only unknown scopes (AS-75)', { scope: 'admin openid' }, 'invalid_scope'],
    ['a scope in no syntax (AS-75)', { scope: 'a"b' }, 'invalid_scope'],
    ['a request object', { request: 'eyJ.e30.' }, 'request_not_supported'],
    ['a pushed request', { request_uri: 'urn:x' }, 'request_uri_not_supported'],
    [
      'the reference of one',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      'request_uri_not_supported',
    ],
    ['nobody signed in and no prompt', { prompt: 'none' }, 'login_required'],
  ])('names %s, with state and iss (ATK-06, AS-70, AS-71)', async (_what, parameters, error) => {
    const page = await open(parameters);
    expect(page.status).toBe(303);
    const answer = Object.fromEntries(page.leadsTo?.searchParams ?? []);
    expect(answer).toMatchObject({ error, state: 'state-1', iss: issuer.issuer });
    expect(page.leadsTo?.href.startsWith(`${callback}?`)).toBe(true);
  });

  it('demand a challenge of a client with a secret too (AS-66)', async () => {
    const metadata = { token_endpoint_auth_method: 'client_secret_post' };
    const { client_id } = (await register(issuer, metadata)).body;
    const bare = { code_challenge: undefined, code_challenge_method: undefined };
    const page = await open({ client_id, ...bare });
    expect(page.leadsTo?.searchParams.get('error')).toBe('invalid_request');
  });

  it('refuses two resources (AS-73)', async () => {
    const url = authorizationUrl(issuer, { client_id: local, code_challenge: challenge });
    const page = await formBrowser().open(`${url}&resource=https%3A%2F%2Fother.example`);
    expect(page.leadsTo?.searchParams.get('error')).toBe('invalid_target');
  });

  it('does not bounce a person to a stranger before anyone signed in (AS-80, ATK-05)', async () => {
    for (const bad of [{ prompt: 'none' }, { scope: 'nonsense' }]) {
      const page = await open({ client_id: web, redirect_uri: webCallback, ...bad });
      expect([page.status, page.leadsTo]).toEqual([400, undefined]);
      expect(page.html).not.toContain('app.example/cb');
    }
  });

  it('records why', () => {
    expect(issuer.events()).toContainEqual(
      expect.objectContaining({ type: 'authorization_refused', clientId: local }),
    );
  });
});

describe('answers', () => {
  it('hand the browser back on a page with code, state and iss, never by a redirect after a form (AS-70, AS-71, AS-79, REV-07)', async () => {
    const browser = formBrowser();
    const state = 'ümlaut & <b>"';
    const url = authorizationUrl(issuer, { client_id: local, code_challenge: challenge, state });
    const signIn = await browser.open(url);
    const consent = await browser.submit(signIn.forms[0]!, ada);
    const page = await browser.submit(consent.forms.at(-1)!, { decision: 'allow' });
    expect(page.status).toBe(200);
    expect(page.headers.get('location')).toBeNull();
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(Object.fromEntries(page.leadsTo?.searchParams ?? [])).toEqual({
      code: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      state,
      iss: issuer.issuer,
    });
    expect(page.html).not.toContain('<b>"');
  });

  it('take the default audience and scope where none is named, on the record (AS-73, AS-75, REV-06)', async () => {
    const before = issuer.events().length;
    const { tokens } = await walk(issuer, local, { parameters: { resource: undefined } });
    const recorded = issuer.events().slice(before);
    expect(recorded.map(({ type }) => type)).toEqual([
      'resource_defaulted',
      'signed_in',
      'consent_shown',
      'consent_allowed',
      'token_issued',
    ]);
    expect(recorded[0]).toMatchObject({ clientId: local, detail: issuer.resource });
    expect(claimsOf(tokens.access_token)).toMatchObject({
      aud: issuer.resource,
      scope: 'mcp:tools:weather mcp:tools:pay mcp:resources:news:read mcp:resources:news:write',
    });
  });

  it('drop unknown scopes and say what was granted (AS-75, AS-91)', async () => {
    const { tokens } = await walk(issuer, local, { scope: 'openid mcp:tools:pay admin' });
    expect(tokens.scope).toBe('mcp:tools:pay');
  });

  it('read a resource in another spelling and put the configured one into the token (AS-72, AS-101)', async () => {
    const resource = issuer.resource.replace('http:', 'HTTP:');
    const { tokens } = await walk(issuer, local, { parameters: { resource } });
    expect(claimsOf(tokens.access_token).aud).toBe(issuer.resource);
  });

  it('ignore parameters that nobody knows (AS-69)', async () => {
    const { tokens } = await walk(issuer, local, {
      parameters: { nonce: 'n', claims: '{}', x: '1' },
    });
    expect(tokens.token_type).toBe('Bearer');
  });

  it('ask again for a sign-in that is older than max_age', async () => {
    const browser = formBrowser();
    const signedInAt = Math.floor(Date.now() / 1000) * 1000;
    const after = (seconds: number) =>
      vi.useFakeTimers({ toFake: ['Date'], now: signedInAt + seconds * 1000 });
    after(0);
    await walk(issuer, local, { browser });
    const at = (max_age: string) =>
      browser.open(
        authorizationUrl(issuer, { client_id: local, code_challenge: challenge, max_age }),
      );
    // OpenID Connect Core §3.1.2.1: 0 means what `prompt=login` does, also within the second of the sign-in.
    expect((await at('0')).html).toContain('type="password"');
    expect((await at('1')).html).not.toContain('type="password"');
    after(2);
    expect((await at('1')).html).toContain('type="password"');
    expect((await at('600')).html).not.toContain('type="password"');
    // The sign-in that it asked for counts, however long the person then thinks about consent.
    const consent = await browser.submit((await at('0')).forms.at(-1)!, ada);
    after(60);
    const { leadsTo } = await browser.submit(consent.forms.at(-1)!, { decision: 'allow' });
    expect(leadsTo?.searchParams.get('code')).toMatch(/^[\w-]{43}$/);
  });
});

it('binds a code to its client, redirect and challenge (AS-81, AS-98, AS-99, ATK-07, ATK-09)', async () => {
  const { verifier, challenge } = pkce();
  const target = await formBrowser().authorize(
    authorizationUrl(issuer, { client_id: local, code_challenge: challenge }),
    ada,
  );
  const code = target.searchParams.get('code') ?? '';
  const redeem = async (change: Readonly<Record<string, string | undefined>>) => {
    const form = {
      grant_type: 'authorization_code',
      client_id: local,
      code,
      code_verifier: verifier,
      redirect_uri: callback,
      ...change,
    };
    const sent = Object.entries(form).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    );
    const { status, body } = await post(`${issuer.issuer}/token`, Object.fromEntries(sent));
    return [status, body.error];
  };
  expect(await redeem({ client_id: web })).toEqual([400, 'invalid_grant']);
  expect(await redeem({ redirect_uri: 'http://127.0.0.1:1/callback' })).toEqual([
    400,
    'invalid_grant',
  ]);
  expect(await redeem({ code_verifier: undefined })).toEqual([400, 'invalid_grant']);
  expect(await redeem({ code_verifier: challenge })).toEqual([400, 'invalid_grant']);
  expect(await redeem({ code_verifier: pkce().verifier })).toEqual([400, 'invalid_grant']);
  expect(await redeem({ resource: 'https://evil.example/mcp' })).toEqual([400, 'invalid_target']);
  expect(await redeem({ code: 'x'.repeat(43) })).toEqual([400, 'invalid_grant']);
});
