import { startFakeServer } from '@portcullis/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basics, portcullis } from '../../session.harness.js';
import { type Auth0Bench, auth0Bench, forbid } from './auth0.harness.js';

const needed =
  'read:resource_servers create:resource_servers update:resource_servers read:tenant_settings update:tenant_settings read:connections update:connections read:client_grants create:client_grants update:client_grants read:clients create:clients';

let bench: Auth0Bench;
beforeEach(async () => {
  bench = await auth0Bench();
});
afterEach(() => bench.fake.close());

/** A tenant behind something that answers some requests itself. */
async function behind(answer: (request: Request) => Response | undefined) {
  return startFakeServer({
    areaOf: () => 'other',
    async handle(request) {
      const own = answer(request);
      if (own) return own;
      const url = new URL(request.url);
      const { method, headers } = request;
      const body = method === 'GET' ? {} : { body: await request.text() };
      const target = `${bench.fake.issuer}${url.pathname.slice(1)}${url.search}`;
      const form = new URLSearchParams(body.body);
      // Tokens are for the tenant's own name.
      if (form.has('audience')) form.set('audience', `${bench.fake.issuer}api/v2/`);
      const sent = form.has('audience') ? { body: form.toString() } : body;
      return fetch(target, { method, headers: pick(headers), ...sent });
    },
  });
}

const pick = (headers: Headers) =>
  ['authorization', 'content-type'].flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });

describe('setup auth0 in trouble', () => {
  it('names every variable that is missing, and what can be done without them', async () => {
    expect(await portcullis(['setup', 'auth0', ...basics, '--apply'])).toEqual({
      ...{ code: 2, out: '' },
      err: `Cannot set up:
  AUTH0_DOMAIN is missing. Set it to the host of the tenant, such as acme.eu.auth0.com.
  AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET are missing. Take a machine-to-machine application that may use the Auth0 Management API, or set AUTH0_MANAGEMENT_TOKEN.
Without credentials, --terraform or --instructions writes down what has to be done.
`,
    });
  });

  it.each([
    'http://acme.eu.auth0.com',
    'acme.eu.auth0.com/path',
    'https://u:p@acme.example',
    'a b',
  ])('sends no credential to %s', async (domain) => {
    const env = { AUTH0_DOMAIN: domain, AUTH0_MANAGEMENT_TOKEN: 'token-1' };
    const { code, err } = await portcullis(['setup', 'auth0', ...basics], env);
    expect(code).toBe(2);
    expect(err).toContain(
      'AUTH0_DOMAIN is no host. Write it like acme.eu.auth0.com, without a path; http:// is for 127.0.0.1 alone.',
    );
  });

  it('says that the credentials are wrong, and changes nothing', async () => {
    const env = { ...bench.env, AUTH0_CLIENT_SECRET: 'wrong-secret' };
    const { code, out, err } = await portcullis(['setup', 'auth0', ...basics, '--apply'], env);
    expect({ code, out, err }).toEqual({
      ...{ code: 2, out: '' },
      err: 'Auth0 does not accept the credentials. Check AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, or take a fresh AUTH0_MANAGEMENT_TOKEN.\nNothing was changed.\n',
    });
  });

  it('names the scope that the application lacks', async () => {
    forbid(bench, 'read:connections');
    const { code, err } = await bench.setup('--check');
    expect({ code, err }).toEqual({
      code: 2,
      err: `Auth0 does not let the application read the connections: it lacks the scope read:connections. In the dashboard, Applications > APIs > Auth0 Management API > Application Access, allow it: ${needed}\nNothing was changed.\n`,
    });
  });

  it('says that the application may not use the Management API at all', async () => {
    const { clientGrants } = bench.fake.tenant;
    clientGrants.clear();
    const { code, err } = await bench.setup();
    expect(code).toBe(2);
    expect(err).toMatch(/^The application may not use the Management API\. In the dashboard, /);
  });

  it('says what was done and what was not where it stops half-way, and goes on from there', async () => {
    forbid(bench, 'update:tenant_settings');
    const { code, out, err } = await bench.setup('--apply');
    expect(code).toBe(2);
    expect(out).toMatch(
      /Applying\n {2}done {7}API https:\/\/finance\.example\.com\/mcp\n {2}failed {5}Tenant settings\n {2}not tried {2}Connection\n {2}not tried {2}Default grant for third-party clients\n$/,
    );
    expect(err).toBe(
      `Auth0 does not let the application change the tenant settings: it lacks the scope update:tenant_settings. In the dashboard, Applications > APIs > Auth0 Management API > Application Access, allow it: ${needed}\nMend that, then run the same again: what is done already stays as it is.\n`,
    );
    const grant = [...bench.fake.tenant.clientGrants.values()][0]!;
    const scope = [...grant.scope, 'update:tenant_settings'];
    bench.fake.tenant.clientGrants.set(grant.id, { ...grant, scope });
    expect((await bench.setup('--apply')).code).toBe(0);
  });

  it('waits as long as Auth0 says when it is too fast, and gives up in the end', async () => {
    let refusals = 1;
    const limited = Response.json({ statusCode: 429, error: 'Too Many Requests', message: 'x' });
    const proxy = await behind((request) => {
      if (!request.url.includes('/api/v2/tenants') || refusals === 0) return undefined;
      refusals -= 1;
      const headers = { 'retry-after': '1' };
      return new Response(limited.clone().body, { status: 429, headers });
    });
    const env = { ...bench.env, AUTH0_DOMAIN: proxy.origin };
    const check = ['setup', 'auth0', ...basics, '--check'];
    expect((await portcullis(check, env, { retries: 1 })).code).toBe(1);
    refusals = 5;
    expect(await portcullis(check, env, { retries: 1 })).toEqual({
      ...{ code: 2, out: '' },
      err: 'Auth0 answered 429: too many requests.\nAuth0 answered 429: too many requests.\nAuth0 answers too many requests at the moment, and could not read the tenant settings. Wait a minute and try again.\nNothing was changed.\n',
    });
    await proxy.close();
  });

  it('takes what somebody else created meanwhile, and brings it into line', async () => {
    const proxy = await behind((request) => {
      if (request.method !== 'POST' || !request.url.endsWith('/resource-servers')) return undefined;
      bench.fake.tenant.apis.set('api-1', {
        ...[...bench.fake.tenant.apis.values()][0]!,
        ...{ id: 'api-1', identifier: 'https://finance.example.com/mcp', is_system: false },
        scopes: [],
      });
      return undefined;
    });
    const env = { ...bench.env, AUTH0_DOMAIN: proxy.origin };
    const { code, out, err } = await portcullis(['setup', 'auth0', ...basics, '--apply'], env, {
      retries: 0,
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Applying
  exists     API https://finance.example.com/mcp
  done       API https://finance.example.com/mcp
  done       Tenant settings
`);
    expect((await bench.setup('--check')).code).toBe(0);
    await proxy.close();
  });

  it.each(['down', 'html', 'empty_object', 'redirect'] as const)(
    'takes no verdict from an Auth0 that is broken: %s',
    async (fault) => {
      bench.fake.breakWith(fault);
      const { code, out, err } = await bench.setup('--check');
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(
        /^Auth0 could not be reached, or gave an answer that makes no sense when asked to read its APIs\. .*\nNothing was changed\.\n$/,
      );
      expect(bench.fake.redirected).toBe(0);
    },
  );

  it('repeats no credential, where Auth0 does', async () => {
    let sent = '';
    const proxy = await behind((request) => {
      if (!request.url.endsWith('/resource-servers')) return undefined;
      sent = request.headers.get('authorization')?.slice('Bearer '.length) ?? '';
      const message = `You sent ${sent} of ${bench.env.AUTH0_CLIENT_SECRET}`;
      return Response.json({ statusCode: 400, message }, { status: 400 });
    });
    const env = { ...bench.env, AUTH0_DOMAIN: proxy.origin };
    const { code, err } = await portcullis(['setup', 'auth0', ...basics, '--apply'], env, {
      retries: 0,
    });
    expect(code).toBe(2);
    expect(sent.length).toBeGreaterThan(100);
    expect(err).toBe(
      'Auth0 refused to create the API (status 400). It said: You sent [secret] of [secret]\nMend that, then run the same again: what is done already stays as it is.\n',
    );
    await proxy.close();
  });

  it('takes no verdict from a list of something else, and does not fall over strange members', async () => {
    let api: unknown = null;
    const proxy = await behind((request) =>
      request.url.includes('/resource-servers?')
        ? Response.json({ start: 0, limit: 100, total: 1, resource_servers: [api] })
        : undefined,
    );
    const env = { ...bench.env, AUTH0_DOMAIN: proxy.origin };
    const plan = () => portcullis(['setup', 'auth0', ...basics, '--check'], env, { retries: 0 });
    expect(await plan()).toEqual({
      ...{ code: 2, out: '' },
      err: 'Auth0 gave an answer that makes no sense when asked to read its APIs. Check AUTH0_DOMAIN, then try again.\nNothing was changed.\n',
    });
    const identifier = 'https://finance.example.com/mcp';
    api = { id: 'a', identifier, scopes: [null, { value: 5 }], token_dialect: {} };
    const { code, out } = await plan();
    expect(code).toBe(1);
    expect(out).toContain('~ token_dialect: access_token -> rfc9068_profile_authz\n');
    await proxy.close();
  });

  it('takes a secret that has a line break at its end', async () => {
    const { AUTH0_CLIENT_SECRET: secret } = bench.env;
    const env = { ...bench.env, AUTH0_CLIENT_SECRET: `${secret}\n` };
    expect((await portcullis(['setup', 'auth0', ...basics, '--check'], env)).code).toBe(1);
  });

  it('reads no answer without end', async () => {
    const proxy = await behind((request) =>
      request.url.includes('/api/v2/') ? new Response('x'.repeat(5_000_000)) : undefined,
    );
    const env = { ...bench.env, AUTH0_DOMAIN: proxy.origin };
    const { code, err } = await portcullis(['setup', 'auth0', ...basics, '--check'], env, {
      retries: 0,
    });
    expect(code).toBe(2);
    expect(err).toMatch(/^Auth0 could not be reached, or gave an answer that makes no sense/);
    await proxy.close();
  });

  it('takes no empty answer for an empty tenant', async () => {
    bench.fake.breakWith('empty_object', 'other');
    const { code, err } = await bench.setup('--apply');
    expect(code).toBe(2);
    expect(err).toMatch(/^Auth0 gave an answer that makes no sense when asked to read its APIs\./);
  });
});
