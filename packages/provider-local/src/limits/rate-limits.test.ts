import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import type { LocalProviderOptions } from '../local-options.js';
import { formBrowser } from '../testing/form-browser.js';
import { memoryRateLimiter } from './memory-rate-limiter.js';

const secret = 'the-secret-of-the-robot-0123456789-abc';
const robot = (clientId = 'robot') =>
  ({
    clientId,
    name: 'Robot',
    scopes: ['mcp:tools:weather'],
    authentication: { method: 'client_secret_post', secret },
  }) as const;

const clock = { now: 0 };
const few = { requests: 2, seconds: 60 };
let issuer: TestIssuer;

/** An issuer whose budgets refill by the hands of the test. */
async function start(options: Partial<LocalProviderOptions>): Promise<void> {
  issuer = await startIssuer({
    clients: [robot(), robot('other')],
    rateLimiter: memoryRateLimiter({ now: () => clock.now }),
    ...options,
  });
}

afterEach(() => issuer.close());

const machine = (client_id = 'robot', client_secret: string = secret) =>
  post(`${issuer.issuer}/token`, { grant_type: 'client_credentials', client_id, client_secret });

const refresh = (client_id: string, refresh_token: string, headers = {}) =>
  post(
    `${issuer.issuer}/token`,
    { grant_type: 'refresh_token', client_id, refresh_token },
    headers,
  );

const short = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
  status === 200 ? 200 : `${status} ${String(body.error)}`;

describe('too many token requests of a client', () => {
  it('get 429 with Retry-After until the budget refills, and no other client does', async () => {
    await start({ rateLimits: { clientTokens: few } });
    expect([short(await machine()), short(await machine())]).toEqual([200, 200]);
    const answer = await machine();
    expect({
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      caching: answer.headers.get('cache-control'),
      origin: answer.headers.get('access-control-allow-origin'),
      body: answer.body,
    }).toEqual({
      status: 429,
      retryAfter: '30',
      caching: 'no-store',
      origin: '*',
      body: { error: 'too_many_requests', error_description: 'Too many requests; wait 30 s' },
    });
    expect(short(await machine('other'))).toBe(200);
    expect(issuer.events().at(-2)).toMatchObject({ type: 'rate_limited', detail: '/token' });
    clock.now += 30;
    expect(short(await machine())).toBe(200);
  });

  it('are not used up by somebody who only claims to be it', async () => {
    await start({ rateLimits: { clientTokens: few, clientSecrets: false } });
    for (let n = 0; n < 10; n += 1) {
      expect(short(await machine('robot', 'x'.repeat(30)))).toBe('401 invalid_client');
    }
    expect([short(await machine()), short(await machine())]).toEqual([200, 200]);
  });

  it('are not used up by requests that are refused before anybody is authenticated', async () => {
    await start({ rateLimits: { clientTokens: few, clientSecrets: false } });
    for (let n = 0; n < 10; n += 1) {
      const answer = await fetch(`${issuer.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: 'robot',
          client_assertion: 'x',
        }),
      });
      expect(answer.status).toBe(400);
    }
    expect([short(await machine()), short(await machine())]).toEqual([200, 200]);
  });
});

describe('wrong client secrets', () => {
  it('are throttled: of 1000 guesses 60 are looked at, and then the right one neither (AS-94, ATK-31)', async () => {
    await start({});
    const seen = new Map<string, number>();
    for (let n = 0; n < 1000; n += 50) {
      const guesses = Array.from({ length: 50 }, (_, m) =>
        machine('robot', `guess-${n + m}-${'x'.repeat(22)}`),
      );
      for (const guess of await Promise.all(guesses)) {
        const key = String(short(guess));
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    expect(Object.fromEntries(seen)).toEqual({
      '401 invalid_client': 60,
      '429 too_many_requests': 940,
    });
    expect(short(await machine())).toBe('429 too_many_requests');
    expect(short(await machine('other'))).toBe(200);
    clock.now += 60;
    expect(short(await machine())).toBe(200);
  });

  it('count alike in the header and in the body, at every endpoint that takes one', async () => {
    await start({ rateLimits: { clientSecrets: few } });
    const wrong = 'x'.repeat(30);
    const basic = Buffer.from(`rob%6ft:${wrong}`).toString('base64');
    const inHeader = await post(
      `${issuer.issuer}/token`,
      { grant_type: 'client_credentials' },
      { authorization: `Basic ${basic}` },
    );
    expect(inHeader.status).toBe(401);
    const form = { token: 'x', client_id: 'robot', client_secret: wrong };
    expect((await post(`${issuer.issuer}/revoke`, form)).status).toBe(401);
    expect(short(await machine())).toBe('429 too_many_requests');
  });

  it('leave right ones uncounted', async () => {
    await start({ rateLimits: { clientSecrets: few } });
    for (let n = 0; n < 10; n += 1) expect(short(await machine())).toBe(200);
  });
});

describe('refreshes', () => {
  it('of one grant have a budget, and what is refused is not used up', async () => {
    await start({ rateLimits: { refreshes: few }, refreshGraceSeconds: 0 });
    const { client_id } = (await register(issuer)).body;
    let { refresh_token: token } = (await walk(issuer, client_id)).tokens;
    const { refresh_token: other } = (await walk(issuer, client_id)).tokens;
    for (let n = 0; n < 2; n += 1) {
      const { body } = await refresh(client_id, token);
      token = String(body.refresh_token);
    }
    expect(short(await refresh(client_id, token))).toBe('429 too_many_requests');
    expect(short(await refresh(client_id, other))).toBe(200);
    clock.now += 30;
    expect(short(await refresh(client_id, token))).toBe(200);
  });
});

describe('codes and refresh tokens that are none', () => {
  it('stay invalid_grant however many there are, and count against those that live', async () => {
    await start({ rateLimits: { failedGrants: few }, trustedProxies: 0 });
    const { client_id } = (await register(issuer)).body;
    const { refresh_token } = (await walk(issuer, client_id)).tokens;
    for (let n = 0; n < 20; n += 1) {
      expect(short(await refresh(client_id, `guess-${n}`))).toBe('400 invalid_grant');
    }
    const code = {
      grant_type: 'authorization_code',
      client_id,
      code: 'x',
      code_verifier: 'x'.repeat(43),
    };
    expect(short(await post(`${issuer.issuer}/token`, code))).toBe('400 invalid_grant');
    expect(short(await refresh(client_id, refresh_token))).toBe('429 too_many_requests');
    expect(short(await refresh(client_id, 'guess'))).toBe('400 invalid_grant');
    clock.now += 60;
    expect(short(await refresh(client_id, refresh_token))).toBe(200);
  });

  it('count for the address that the trusted proxy saw, and for no other', async () => {
    await start({ rateLimits: { failedGrants: few }, trustedProxies: 1 });
    const { client_id } = (await register(issuer)).body;
    const { refresh_token } = (await walk(issuer, client_id)).tokens;
    for (let n = 0; n < 5; n += 1) {
      // What the sender made up stands before what the proxy added.
      const headers = { 'x-forwarded-for': `192.0.2.${n}, 203.0.113.7` };
      expect(short(await refresh(client_id, 'guess', headers))).toBe('400 invalid_grant');
    }
    const from = (address: string) => ({ 'x-forwarded-for': address });
    expect(short(await refresh(client_id, refresh_token, from('203.0.113.7')))).toBe(
      '429 too_many_requests',
    );
    expect(short(await refresh(client_id, refresh_token, from('203.0.113.8')))).toBe(200);
  });

  it('keep nobody out where addresses are not known: everybody shares the client', async () => {
    await start({ rateLimits: { failedGrants: few } });
    const { client_id } = (await register(issuer)).body;
    const { refresh_token } = (await walk(issuer, client_id)).tokens;
    for (let n = 0; n < 10; n += 1) await refresh(client_id, 'guess');
    expect(short(await refresh(client_id, refresh_token))).toBe(200);
  });
});

describe('registrations', () => {
  it('have a budget by address, which a made-up header does not widen (AS-47)', async () => {
    await start({ rateLimits: { registration: few }, trustedProxies: 0 });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const response = await fetch(`${issuer.issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `192.0.2.${n}` },
        body: JSON.stringify({
          redirect_uris: ['http://127.0.0.1:1/cb'],
          token_endpoint_auth_method: 'none',
        }),
      });
      statuses.push(response.status);
      if (response.status !== 429) continue;
      expect(response.headers.get('retry-after')).toBe('30');
      expect(await response.json()).toMatchObject({ error: 'too_many_requests' });
    }
    expect(statuses).toEqual([201, 201, 429, 429]);
  });

  it('share one that is 20 times as large where addresses are not known', async () => {
    await start({ rateLimits: { registration: { requests: 1, seconds: 60 } } });
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1) statuses.push((await register(issuer)).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 201), 429]);
  });
});

describe('revocations', () => {
  it('have a budget of their own', async () => {
    await start({ rateLimits: { revocation: few }, trustedProxies: 0 });
    const form = { token: 'x', client_id: 'robot', client_secret: secret };
    const revoke = async () => (await post(`${issuer.issuer}/revoke`, form)).status;
    expect([await revoke(), await revoke(), await revoke()]).toEqual([200, 200, 429]);
    expect(short(await machine())).toBe(200);
  });
});

describe('tries to sign in', () => {
  it('have a budget by address, whatever name they try', async () => {
    await start({ rateLimits: { signIn: few }, trustedProxies: 0 });
    const { client_id } = (await register(issuer)).body;
    const browser = formBrowser();
    const { challenge } = pkce();
    let page = await browser.open(
      authorizationUrl(issuer, { client_id, code_challenge: challenge }),
    );
    const attempt = async (username: string, password: string) => {
      const [form] = page.forms;
      if (!form) throw new Error('There is no form.');
      page = await browser.submit(form, { username, password });
      return page.status;
    };
    expect([await attempt('eve', 'x'), await attempt('mallory', 'x')]).toEqual([200, 200]);
    expect(await attempt(ada.username, ada.password)).toBe(429);
    expect(page.headers.get('retry-after')).toBe('30');
    clock.now += 30;
    await attempt(ada.username, ada.password);
    expect(page.html).toContain('Signed in as');
  });
});

describe('client id documents', () => {
  it('are fetched from one host only so often, without a redirect (AS-27, ATK-27)', async () => {
    let fetched = 0;
    const documents = createServer((request, response) => {
      fetched += 1;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          client_id: `https://client.example${request.url}`,
          client_name: 'Client',
          redirect_uris: ['http://127.0.0.1:1/cb'],
          token_endpoint_auth_method: 'none',
        }),
      );
    });
    await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve));
    const { port } = documents.address() as AddressInfo;
    await start({
      rateLimits: { clientDocuments: few },
      dangerouslyMapClientDocuments: { 'https://client.example': `http://127.0.0.1:${port}` },
    });
    const open = (path: string) =>
      formBrowser().open(
        authorizationUrl(issuer, {
          client_id: `https://client.example/${path}`,
          code_challenge: pkce().challenge,
          redirect_uri: 'http://127.0.0.1:1/cb',
        }),
      );
    expect([(await open('a')).status, (await open('b')).status]).toEqual([200, 200]);
    const page = await open('c');
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, '30']);
    expect(page.html).toContain('Too many apps are asking at once');
    expect(page.leadsTo).toBeUndefined();
    // What is remembered needs no fetch.
    expect((await open('a')).status).toBe(200);
    for (let n = 0; n < 20; n += 1) await open(`flood-${n}`);
    expect(fetched).toBe(2);
    expect(issuer.events().map(({ type }) => type)).toContain('rate_limited');
    clock.now += 30;
    expect((await open('c')).status).toBe(200);
    documents.closeAllConnections();
    documents.close();
  });
});

describe('the limiter', () => {
  it('that cannot be asked is an outage, and lets nothing through', async () => {
    const broken = async () => {
      throw new Error('ECONNREFUSED');
    };
    await start({ rateLimiter: { take: broken, giveBack: broken } });
    const { status, headers } = await machine();
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('is handed no name, address or secret', async () => {
    const seen: string[] = [];
    const inner = memoryRateLimiter();
    const watch = (name: string, key: string) => seen.push(`${name} ${key}`);
    await start({
      trustedProxies: 0,
      rateLimiter: {
        take: (name, key, budget) => {
          watch(name, key);
          return inner.take(name, key, budget);
        },
        giveBack: inner.giveBack,
      },
    });
    await machine();
    for (const line of seen) expect(line).toMatch(/^[a-zA-Z]+ [\w-]{43}$/);
    expect(seen.map((line) => line.split(' ')[0])).toEqual(['clientSecrets', 'clientTokens']);
  });

  it('is not asked where limits are off', async () => {
    const broken = async () => {
      throw new Error('ECONNREFUSED');
    };
    await start({ rateLimits: false, rateLimiter: { take: broken, giveBack: broken } });
    expect(short(await machine())).toBe(200);
  });
});

it('names every wrong limit at once', async () => {
  await start({});
  const wrong = startIssuer({
    rateLimits: { signIn: { requests: 0, seconds: 60 }, speed: few } as never,
    rateLimiter: {} as never,
    trustedProxies: -1,
  });
  const { message } = await wrong.then(
    () => expect.unreachable(),
    (error: Error) => error,
  );
  for (const option of ['rateLimits.signIn', 'rateLimits.speed', 'rateLimiter', 'trustedProxies']) {
    expect(message).toContain(option);
  }
});
