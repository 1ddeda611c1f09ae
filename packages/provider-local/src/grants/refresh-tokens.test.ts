import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  authorizationUrl,
  claimsOf,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  testAccounts,
  walk,
} from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';

let issuer: TestIssuer;
let client: string;
/** The most that the person may allow, as of now. */
let allowance: readonly string[] | undefined;
beforeAll(async () => {
  const store = memoryStore();
  issuer = await startIssuer({
    // The strict rule; refresh-grace.test.ts has the lenient one.
    refreshGraceSeconds: 0,
    accounts: {
      ...testAccounts,
      async find(subject) {
        const account = await testAccounts.find(subject);
        return account && { ...account, ...(allowance ? { scopes: allowance } : {}) };
      },
    },
    // A store across a network: without the delay no two requests would ever meet between the look and the use.
    store: {
      ...store,
      async read(kind, id) {
        await sleep(3);
        return store.read(kind, id);
      },
    },
  });
});
beforeEach(async () => {
  allowance = undefined;
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());
afterEach(() => vi.useRealTimers());

const refresh = (refresh_token: string, more: Readonly<Record<string, string>> = {}) =>
  post(`${issuer.issuer}/token`, {
    grant_type: 'refresh_token',
    client_id: client,
    refresh_token,
    ...more,
  });
const alive = async (value: string) => {
  const context = {
    resource: issuer.resource,
    now: Date.now() / 1000,
    signal: AbortSignal.timeout(5000),
  };
  return (await issuer.provider.verify({ scheme: 'Bearer', value }, context)).kind === 'principal';
};

describe('a refresh token', () => {
  it('is replaced at every use and keeps its scope (AS-104, AS-105)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather mcp:tools:pay' });
    const narrow = await refresh(tokens.refresh_token, { scope: 'mcp:tools:pay' });
    expect(narrow.body).toMatchObject({ scope: 'mcp:tools:pay' });
    expect(narrow.body.refresh_token).not.toBe(tokens.refresh_token);
    const full = await refresh(String(narrow.body.refresh_token));
    expect(full.body.scope).toBe('mcp:tools:weather mcp:tools:pay');
    expect(claimsOf(String(full.body.access_token)).auth_time).toEqual(expect.any(Number));
  });

  it('never grows (AS-105, AS-101, ATK-68)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather' });
    const wider = await refresh(tokens.refresh_token, { scope: 'mcp:tools:weather mcp:tools:pay' });
    expect([wider.status, wider.body.error]).toEqual([400, 'invalid_scope']);
    const elsewhere = await refresh(tokens.refresh_token, { resource: 'https://evil.example/mcp' });
    expect([elsewhere.status, elsewhere.body.error]).toEqual([400, 'invalid_target']);
    const both = await fetch(`${issuer.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams([
        ['grant_type', 'refresh_token'],
        ['client_id', client],
        ['refresh_token', tokens.refresh_token],
        ['resource', issuer.resource],
        ['resource', 'https://evil.example/mcp'],
      ]),
    });
    expect(await both.json()).toMatchObject({ error: 'invalid_target' });
    // None of this has used it up.
    const original = await refresh(tokens.refresh_token, { resource: issuer.resource });
    expect([original.status, original.body.scope]).toEqual([200, 'mcp:tools:weather']);
  });

  it('gives no more than the person may still allow, and all of it again later (AS-105)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather mcp:tools:pay' });
    allowance = ['mcp:tools:weather'];
    const narrow = await refresh(tokens.refresh_token);
    expect([narrow.status, narrow.body.scope]).toEqual([200, 'mcp:tools:weather']);
    allowance = undefined;
    const full = await refresh(String(narrow.body.refresh_token));
    expect(full.body.scope).toBe('mcp:tools:weather mcp:tools:pay');
  });

  it('of a person who may allow nothing any more is refused and not used up (AS-105)', async () => {
    const { tokens } = await walk(issuer, client);
    allowance = [];
    const nothing = await refresh(tokens.refresh_token);
    expect([nothing.status, nothing.body.error]).toEqual([400, 'invalid_scope']);
    allowance = undefined;
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('used twice takes the family back, access too (AS-104, ATK-69)', async () => {
    const before = issuer.events().length;
    const { tokens } = await walk(issuer, client);
    const second = await refresh(tokens.refresh_token);
    expect(second.status).toBe(200);
    const reuse = await refresh(tokens.refresh_token);
    expect([reuse.status, reuse.body.error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(String(second.body.refresh_token))).body.error).toBe('invalid_grant');
    expect(await alive(String(second.body.access_token))).toBe(false);
    const types = issuer
      .events()
      .slice(before)
      .map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('token_'))).toEqual([
      'token_issued',
      'token_refreshed',
      'token_refused',
      'token_reused',
      'token_refused',
    ]);
  });

  it('leaves other sign-ins of the same person and client alone', async () => {
    const [one, two] = [await walk(issuer, client), await walk(issuer, client)];
    await refresh(one.tokens.refresh_token);
    await refresh(one.tokens.refresh_token);
    expect((await refresh(two.tokens.refresh_token)).status).toBe(200);
  });

  it('outlives the session of the browser that it came from', async () => {
    const browser = formBrowser();
    const { tokens } = await walk(issuer, client, { browser });
    const page = await browser.open(
      authorizationUrl(issuer, { client_id: client, code_challenge: pkce().challenge }),
    );
    const signIn = await browser.submit(page.forms[0]!);
    expect(signIn.html).toContain('type="password"');
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('ends thirty days after the consent, used or not (AS-107)', async () => {
    const [one, two] = [await walk(issuer, client), await walk(issuer, client)];
    const day = 86_400_000;
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start + 29 * day });
    const late = await refresh(one.tokens.refresh_token);
    expect(late.status).toBe(200);
    vi.setSystemTime(start + 30 * day + 10_000);
    for (const dead of [two.tokens.refresh_token, String(late.body.refresh_token)]) {
      const { status, body } = await refresh(dead);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    }
  });

  it('is of no use to another client (AS-103)', async () => {
    const { tokens } = await walk(issuer, client);
    const other = (await register(issuer)).body.client_id;
    const stolen = await refresh(tokens.refresh_token, { client_id: other });
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('wins one of twenty races, and leaves one live successor at most (ATK-69)', async () => {
    const { tokens } = await walk(issuer, client);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(tokens.refresh_token)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const errors = new Set(answers.map(({ body }) => body.error));
    expect(errors).toEqual(new Set([undefined, 'invalid_grant']));
  });
});
