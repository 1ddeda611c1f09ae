import { type AuditSink, byIssuer, defineScopes } from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterEach, expect, it } from 'vitest';
import { createMcpAuth, type McpAuthOptions } from '../index.js';
import { healthOf } from './health.js';

const resource = 'http://127.0.0.1:4321/mcp';
const issuers: FakeIssuer[] = [];
afterEach(async () => {
  await Promise.all(issuers.splice(0).map((issuer) => issuer.close()));
});

async function trusted() {
  const issuer = await createFakeIssuer();
  issuers.push(issuer);
  return issuer;
}

function authWith(options: Pick<McpAuthOptions<'mcp:tools:pay'>, 'provider' | 'audit' | 'clock'>) {
  const scopes = defineScopes({ 'mcp:tools:pay': { description: 'Pay a bill.' } });
  const policy = { tools: { pay: ['mcp:tools:pay'] } } as const;
  const auth = createMcpAuth({ resource, scopes, policy, ...options });
  const handler = auth.protect(async () => new Response(null, { status: 202 }));
  return {
    auth,
    async call(token: string) {
      const body = { jsonrpc: '2.0', method: 'notifications/initialized' };
      const request = new Request(resource, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await handler(request)).status;
    },
    async ask(method = 'GET') {
      const answer = auth.healthHandler(new Request('http://127.0.0.1:4321/healthz', { method }));
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text };
    },
  };
}

/** Fetches nothing until it is asked to verify, and not for long while the issuer is away. */
const keys = { retryAfter: 0, timeoutMs: 200 };
const mint = (issuer: FakeIssuer) => issuer.mint({ claims: { aud: resource } });

it('is well before anybody called, and asks nobody', async () => {
  const issuer = await trusted();
  const { ask } = authWith({ provider: issuer.provider() });
  const { status, headers, text } = await ask();
  expect([status, JSON.parse(text)]).toEqual([
    200,
    {
      status: 'ok',
      issuers: [{ issuers: [issuer.issuer], usable: true, keys: 0, ignored: [] }],
      sinks: [],
      remembered: 0,
      open: 0,
    },
  ]);
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(issuer.fetches.keys).toBe(0);
  const head = await ask('HEAD');
  expect([head.status, head.text]).toEqual([200, '']);
  const posted = await ask('POST');
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

it('shows the age of the keys, and keeps well while the issuer is away and they still serve', async () => {
  let now = Date.now();
  const clock = () => now;
  const issuer = await trusted();
  const provider = issuer.provider({ keys: { ...keys, maxAge: 10, grace: 100, clock } });
  const { auth, call, ask } = authWith({ provider, clock });
  expect(await call(await mint(issuer))).toBe(202);
  now += 9000;
  expect(auth.health()).toMatchObject({ status: 'ok', remembered: 1, issuers: [{ age: 9 }] });
  now += 2000;
  await issuer.breakWith('down');
  expect(await call(await mint(issuer))).toBe(202);
  const worn = await ask();
  expect([worn.status, JSON.parse(worn.text)]).toMatchObject([
    200,
    {
      status: 'degraded',
      issuers: [{ usable: true, keys: 1, age: 11, failure: expect.stringMatching(/\.$/) }],
    },
  ]);
  now += 100_000;
  expect(await call(await mint(issuer))).toBe(503);
  const down = await ask();
  expect([down.status, JSON.parse(down.text)]).toMatchObject([
    503,
    { status: 'failing', issuers: [{ usable: false, keys: 1, age: 111 }] },
  ]);
  issuer.repair();
  await expect.poll(async () => call(await mint(issuer))).toBe(202);
  expect(auth.health().status).toBe('ok');
});

it('fails only when no issuer is left, and names each (RS-52)', async () => {
  const [one, two] = [await trusted(), await trusted()];
  const provider = byIssuer({ providers: [one.provider({ keys }), two.provider({ keys })] });
  const { auth, call, ask } = authWith({ provider });
  await one.breakWith('status_500');
  expect([await call(await mint(one)), await call(await mint(two))]).toEqual([503, 202]);
  expect(auth.health()).toMatchObject({
    status: 'degraded',
    issuers: [
      { issuers: [one.issuer], usable: false, failure: expect.any(String) },
      { issuers: [two.issuer], usable: true },
    ],
  });
  expect((await ask()).status).toBe(200);
});

it.each<[AuditSink['onFailure'], string, number, number]>([
  ['block', 'failing', 503, 503],
  ['drop', 'degraded', 202, 200],
])(
  'tells of a sink that fails and is to %s, and not why',
  async (onFailure, status, called, asked) => {
    const write = () => Promise.reject(new Error('/var/log/audit is full'));
    const issuer = await trusted();
    const { call, ask } = authWith({ provider: issuer.provider(), audit: [{ onFailure, write }] });
    const token = await mint(issuer);
    expect(await call(token)).toBe(called);
    await expect.poll(async () => JSON.parse((await ask()).text).status).toBe(status);
    const answer = await ask();
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      asked,
      { sinks: [{ onFailure, failing: true, failedAt: expect.any(Number) }] },
    ]);
    expect(answer.text).not.toMatch(/var|full/);
    expect(answer.text).not.toContain(token.slice(-20));
  },
);

it('sums up what is known: nothing of no issuer, and the worst of several', () => {
  const issuer = (usable: boolean, failure?: string) => ({
    ...{ issuers: ['https://as.example'], usable },
    ...(failure === undefined ? {} : { failure }),
  });
  const sink = (onFailure: 'block' | 'drop', failing: boolean) => ({ onFailure, failing, lost: 0 });
  const statusOf = (issuers: readonly object[], sinks: readonly object[] = []) =>
    healthOf({ issuers, sinks, remembered: 0 } as never, 0).status;
  expect(statusOf([])).toBe('ok');
  expect(statusOf([issuer(true), issuer(true)])).toBe('ok');
  expect(statusOf([issuer(true), issuer(false)])).toBe('degraded');
  expect(statusOf([issuer(true, 'It could not be reached.')])).toBe('degraded');
  expect(statusOf([issuer(false), issuer(false)])).toBe('failing');
  expect(statusOf([], [sink('drop', true)])).toBe('degraded');
  expect(statusOf([], [sink('drop', false), sink('block', true)])).toBe('failing');
  // Misspelt, it blocks, as the log itself takes it.
  expect(statusOf([], [sink('Drop' as 'drop', true)])).toBe('failing');
});
