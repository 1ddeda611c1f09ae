import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  pkce,
  post,
  rawGet,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { memoryRateLimiter } from '../limits/memory-rate-limiter.js';
import type { LocalProviderOptions } from '../local-options.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import { type DocumentHost, documentOf, startDocumentHost } from './__fixtures__/document-host.js';

let host: DocumentHost;
let clientId: string;
const issuers: TestIssuer[] = [];
const clock = { now: 0 };

beforeEach(async () => {
  host = await startDocumentHost();
  clientId = host.fresh();
  host.answer(({ url }, response) => {
    const missing = url?.includes('made-up');
    response.writeHead(missing ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(documentOf(`${host.origin}${url}`)));
  });
});
afterEach(async () => {
  vi.useRealTimers();
  host.close();
  await Promise.all(issuers.splice(0).map((issuer) => issuer.close()));
});

async function start(change: Partial<LocalProviderOptions> = {}): Promise<TestIssuer> {
  const issuer = await startIssuer({
    dangerouslyMapClientDocuments: host.mapping,
    rateLimits: { clientDocuments: { requests: 2, seconds: 60 } },
    rateLimiter: memoryRateLimiter({ now: () => clock.now }),
    ...change,
  });
  issuers.push(issuer);
  return issuer;
}
const open = (issuer: TestIssuer, id = clientId) =>
  formBrowser().open(authorizationUrl(issuer, { client_id: id, code_challenge: pkce().challenge }));
const statuses = async (issuer: TestIssuer, ...paths: readonly string[]) => {
  const found: number[] = [];
  for (const path of paths) found.push((await open(issuer, `${host.origin}/${path}`)).status);
  return found;
};
const asked = () => host.requests.length;

describe('paths that a stranger makes up (AS-27, ATK-27)', () => {
  it('use up what their host has, and are then not fetched', async () => {
    const issuer = await start();
    const paths = Array.from({ length: 10 }, (_, n) => `made-up-${n}`);
    expect(await statuses(issuer, ...paths)).toEqual([400, 400, ...Array(8).fill(429)]);
    expect(asked()).toBe(2);
    const page = await open(issuer);
    expect([page.status, page.headers.get('retry-after'), page.leadsTo]).toEqual([
      429,
      '30',
      undefined,
    ]);
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'rate_limited',
      detail: 'clientDocuments',
    });
    clock.now += 30;
    expect((await open(issuer)).status).toBe(200);
  });

  it('do not keep away a document that is remembered, nor its renewal', async () => {
    const issuer = await start();
    expect((await open(issuer)).status).toBe(200);
    expect(await statuses(issuer, 'made-up-1', 'made-up-2')).toEqual([400, 429]);
    expect((await open(issuer)).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect((await open(issuer)).status).toBe(200);
    expect(asked()).toBe(3);
  });

  it('do not keep away a client that somebody allowed, even where nothing is remembered', async () => {
    const store = memoryStore();
    const before = await start({ store });
    await walk(before, clientId);
    const after = await start({ store });
    expect(await statuses(after, 'made-up-1', 'made-up-2', 'made-up-3')).toEqual([400, 400, 429]);
    expect((await open(after)).status).toBe(200);
  });

  it('do not spare a client that nobody allows any more', async () => {
    const store = memoryStore();
    const before = await start({ store });
    await walk(before, clientId);
    await before.provider.revoke({ clientId });
    const after = await start({ store });
    await statuses(after, 'made-up-1', 'made-up-2');
    expect((await open(after)).status).toBe(429);
  });

  it('on many hosts use up what all have together, 20 times as much', async () => {
    const [to = ''] = Object.values(host.mapping);
    const origins = Array.from({ length: 21 }, (_, n) => `https://host-${n}.example`);
    const issuer = await start({
      dangerouslyMapClientDocuments: Object.fromEntries(origins.map((origin) => [origin, to])),
      rateLimits: { clientDocuments: { requests: 1, seconds: 60 } },
    });
    const found = await Promise.all(origins.map((origin) => open(issuer, `${origin}/made-up`)));
    expect(found.map(({ status }) => status).sort()).toEqual([...Array(20).fill(400), 429]);
    expect(asked()).toBe(20);
  });
});

describe('where addresses are known (AS-27, ATK-27)', () => {
  it('a stranger uses up nothing but their own, on any host', async () => {
    const issuer = await start({ trustedProxies: 1 });
    const from = async (address: string, path: string) => {
      const url = authorizationUrl(issuer, {
        client_id: `${host.origin}/${path}`,
        code_challenge: pkce().challenge,
      });
      const answer = await rawGet(issuer.issuer, `${url.pathname}${url.search}`, {
        'x-forwarded-for': `192.0.2.99, ${address}`,
      });
      return answer.status;
    };
    const stranger = '198.51.100.1';
    expect(await from(stranger, 'made-up-1')).toBe(400);
    expect(await from(stranger, 'made-up-2')).toBe(400);
    expect(await from(stranger, 'made-up-3')).toBe(429);
    expect(await from(stranger, 'new.json')).toBe(429);
    // To the page for signing in.
    expect(await from('198.51.100.2', 'new.json')).toBe(303);
    expect(await from(stranger, 'new.json')).toBe(303);
    expect(asked()).toBe(3);
  });

  it('a stranger without any left spoils nothing for those who ask at the same time', async () => {
    const memory = memoryRateLimiter({ now: () => clock.now });
    let wait = Promise.resolve();
    const issuer = await start({
      trustedProxies: 1,
      rateLimiter: {
        take: (...count) => wait.then(() => memory.take(...count)),
        giveBack: (...count) => memory.giveBack(...count),
      },
    });
    const from = async (address: string, path: string) => {
      const url = authorizationUrl(issuer, {
        client_id: `${host.origin}/${path}`,
        code_challenge: pkce().challenge,
      });
      const answer = await rawGet(issuer.issuer, `${url.pathname}${url.search}`, {
        'x-forwarded-for': address,
      });
      return answer.status;
    };
    const stranger = '198.51.100.1';
    await from(stranger, 'made-up-1');
    await from(stranger, 'made-up-2');
    wait = new Promise((resolve) => setTimeout(resolve, 100));
    const found = await Promise.all([
      from(stranger, 'new.json'),
      from('198.51.100.2', 'new.json'),
      from(stranger, 'new.json'),
    ]);
    expect(found).toEqual([429, 303, 429]);
  });
});

describe('keys that do not come (AS-27, ATK-27)', () => {
  it('use up what their host has, and are then not fetched', async () => {
    const issuer = await start();
    host.answer(({ url }, response) => {
      response.writeHead(url === '/jwks' ? 404 : 200, { 'content-type': 'application/json' });
      const keys = {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: `${host.origin}/jwks`,
      };
      response.end(JSON.stringify(documentOf(clientId, keys)));
    });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(Date.now() / 1000) + 60;
    const claims = { iss: clientId, sub: clientId, aud: issuer.issuer, jti: 'j', exp };
    const ask = async () => {
      const { status } = await post(`${issuer.issuer}/token`, {
        grant_type: 'refresh_token',
        client_id: clientId,
        refresh_token: 'x'.repeat(43),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: `${part({ alg: 'ES256' })}.${part(claims)}.${'A'.repeat(86)}`,
      });
      return status;
    };
    expect([await ask(), await ask(), await ask()]).toEqual([401, 429, 429]);
    expect(host.paths().filter((path) => path === '/jwks')).toHaveLength(1);
  });
});

describe('a budget', () => {
  it('that is used up says so to all who asked at the same time', async () => {
    const issuer = await start();
    await statuses(issuer, 'made-up-1', 'made-up-2');
    const found = await Promise.all([open(issuer), open(issuer), open(issuer)]);
    expect(found.map(({ status }) => status)).toEqual([429, 429, 429]);
  });

  it('answers a client in JSON', async () => {
    const issuer = await start();
    await statuses(issuer, 'made-up-1', 'made-up-2');
    const { status, headers, body } = await post(`${issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: 'x'.repeat(43),
    });
    expect([status, headers.get('retry-after'), body]).toEqual([
      429,
      '30',
      { error: 'too_many_requests', error_description: 'Too many requests; wait 30 s' },
    ]);
  });

  it('that cannot be counted is an outage, and no verdict on the client', async () => {
    const broken = async () => {
      throw new Error('ECONNREFUSED');
    };
    const issuer = await start({ rateLimiter: { take: broken, giveBack: broken } });
    const page = await open(issuer);
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    const { status, body } = await post(`${issuer.issuer}/revoke`, {
      client_id: clientId,
      token: 'x'.repeat(43),
    });
    expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(asked()).toBe(0);
  });
});

describe('a document that goes while a person decides', () => {
  it('ends in a page, and no one is asked about a client that is not there', async () => {
    const issuer = await start({ rateLimits: false });
    const browser = formBrowser();
    const signIn = await browser.open(
      authorizationUrl(issuer, { client_id: clientId, code_challenge: pkce().challenge }),
    );
    const consent = await browser.submit(signIn.forms[0]!, ada);
    host.serve('', 404);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    const [form] = consent.forms.filter(({ boxes }) => boxes.length > 0);
    const page = await browser.submit(form!, { decision: 'allow' });
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
  });
});
