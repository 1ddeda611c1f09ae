import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderUnavailableError } from '@portcullis/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  claimsOf,
  post,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
  walk,
} from '../issuer.harness.js';
import { describeOnSharedStores, type OpenStore } from '../store/__fixtures__/shared-stores.js';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';

type Answer = Awaited<ReturnType<typeof post>>;

let issuer: TestIssuer;
let client: string;
/** Everything that was written, as the store got it. */
let written: { readonly kind: string; readonly payload: unknown }[];
/** The secrets of all refresh tokens that were ever made. */
let made: string[];
let store: LocalStore;
/** What happens before an answer is kept. */
let beforeKeeping = async (): Promise<void> => {};

beforeEach(async () => {
  written = [];
  made = [];
  beforeKeeping = async () => {};
  store = memoryStore();
  issuer = await startIssuer({
    store: {
      ...store,
      async read(kind, id) {
        await sleep(2);
        return store.read(kind, id);
      },
      async write(kind, id, ...record) {
        if (kind === 'RefreshToken') made.push(id);
        return store.write(kind, id, ...record);
      },
      async insertIfAbsent(kind, id, expiresAt, payload) {
        if (kind === 'RefreshAnswer') await beforeKeeping();
        written.push({ kind, payload });
        return store.insertIfAbsent(kind, id, expiresAt, payload);
      },
    },
  });
  client = (await register(issuer)).body.client_id;
});
afterEach(async () => {
  vi.useRealTimers();
  await issuer.close();
});

const refresh = (
  refresh_token: unknown,
  more: Readonly<Record<string, string>> = {},
  at = issuer.issuer,
): Promise<Answer> =>
  post(`${at}/token`, {
    grant_type: 'refresh_token',
    client_id: client,
    refresh_token: String(refresh_token),
    ...more,
  });
const alive = async (value: unknown, { provider, resource } = issuer) => {
  const context = { resource, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) };
  const token = { scheme: 'Bearer', value: String(value) } as const;
  return (await provider.verify(token, context)).kind === 'principal';
};
const refused = { status: 400, body: { error: 'invalid_grant' } };
const later = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

describe('a refresh token used a moment ago', () => {
  it('is answered with the same successor and access token again (AS-104)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather' });
    const first = await refresh(tokens.refresh_token);
    later(3);
    const again = await refresh(tokens.refresh_token);
    expect([again.status, again.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(again.body).toEqual({
      access_token: first.body.access_token,
      expires_in: 297,
      refresh_token: first.body.refresh_token,
      scope: 'mcp:tools:weather',
      token_type: 'Bearer',
    });
    expect(await alive(again.body.access_token)).toBe(true);
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_refreshed',
      clientId: client,
      subject: 'user:ada',
      tokenId: claimsOf(String(first.body.access_token)).jti,
      granted: ['mcp:tools:weather'],
      detail: 'the refresh token was used a moment ago; the same answer was given again',
    });
    expect((await refresh(again.body.refresh_token)).status).toBe(200);
  });

  it('gives every one of twenty requests at once the same successor (AS-104, ATK-69)', async () => {
    const { tokens } = await walk(issuer, client);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(tokens.refresh_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1);
  });

  it('takes the family back once its successor was used (AS-104, ATK-69)', async () => {
    const { tokens } = await walk(issuer, client);
    const second = await refresh(tokens.refresh_token);
    const third = await refresh(second.body.refresh_token);
    expect(await refresh(tokens.refresh_token)).toMatchObject(refused);
    expect(await refresh(third.body.refresh_token)).toMatchObject(refused);
    expect(await alive(third.body.access_token)).toBe(false);
    const types = issuer.events().map(({ type }) => type);
    expect(types.filter((type) => type === 'token_reused')).toHaveLength(1);
  });

  it('takes the family back once the ten seconds are over (AS-104, ATK-69)', async () => {
    const { tokens } = await walk(issuer, client);
    const second = await refresh(tokens.refresh_token);
    later(10);
    expect(await refresh(tokens.refresh_token)).toMatchObject(refused);
    expect(await refresh(second.body.refresh_token)).toMatchObject(refused);
    expect(issuer.events().map(({ type }) => type)).toContain('token_reused');
  });

  it('is of no use to another client, and costs the right one nothing (AS-103)', async () => {
    const { tokens } = await walk(issuer, client);
    const { body } = await refresh(tokens.refresh_token);
    const other = (await register(issuer)).body.client_id;
    expect(await refresh(tokens.refresh_token, { client_id: other })).toMatchObject(refused);
    expect((await refresh(tokens.refresh_token)).body.refresh_token).toBe(body.refresh_token);
  });

  it('gives nothing to a request that wants something else (AS-105)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather mcp:tools:pay' });
    const { body } = await refresh(tokens.refresh_token);
    const narrow = { scope: 'mcp:tools:weather' };
    expect(await refresh(tokens.refresh_token, narrow)).toMatchObject(refused);
    const wide = { scope: 'mcp:tools:weather mcp:resources:news:read' };
    const { body: more } = await refresh(tokens.refresh_token, wide);
    expect(more.error).toBe('invalid_scope');
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  it('is dead with its grant, grace or not (AS-121)', async () => {
    const { tokens } = await walk(issuer, client);
    await refresh(tokens.refresh_token);
    const form = { client_id: client, token: tokens.refresh_token };
    expect((await post(`${issuer.issuer}/revoke`, form)).status).toBe(200);
    expect(await refresh(tokens.refresh_token)).toMatchObject(refused);
  });

  it('leaves nothing in the store that opens without it (ATK-90)', async () => {
    const { tokens } = await walk(issuer, client);
    const { body } = await refresh(tokens.refresh_token);
    const kept = written.filter(({ kind }) => kind === 'RefreshAnswer');
    expect(kept).toEqual([{ kind: 'RefreshAnswer', payload: { sealed: expect.any(String) } }]);
    const dump = JSON.stringify(written);
    for (const secret of [tokens.refresh_token, body.refresh_token, body.access_token]) {
      expect(dump).not.toContain(String(secret));
    }
  });
});

describe('an answer that was never kept', () => {
  it('is 503, and the next try gets a successor', async () => {
    const { tokens } = await walk(issuer, client);
    beforeKeeping = async () => {
      beforeKeeping = async () => {};
      throw new ProviderUnavailableError('The store is away.');
    };
    expect((await refresh(tokens.refresh_token)).status).toBe(503);
    const next = await refresh(tokens.refresh_token);
    expect(next.status).toBe(200);
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
  });

  it('counts for nothing when it comes after another one: there is no second branch (ATK-69)', async () => {
    const { tokens } = await walk(issuer, client);
    let slow: Promise<void> | undefined;
    beforeKeeping = async () => {
      if (slow) return;
      slow = sleep(1500);
      await slow;
    };
    const first = refresh(tokens.refresh_token);
    await vi.waitFor(() => expect(slow).toBeDefined());
    const answers = await Promise.all([first, refresh(tokens.refresh_token)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0].body.refresh_token).toBe(answers[1].body.refresh_token);
    expect(answers[0].body.access_token).toBe(answers[1].body.access_token);
    expect(await alive(answers[0].body.access_token)).toBe(true);
    const records = await Promise.all(made.map((id) => store.read('RefreshToken', id)));
    const usable = made.filter((_, n) => records[n] && records[n].consumedAt === undefined);
    expect(made).toHaveLength(3);
    expect(usable).toEqual([answers[0].body.refresh_token]);
  });

  it('is refused where another one, to another wish, came first (AS-104, AS-105)', async () => {
    const { tokens } = await walk(issuer, client, { scope: 'mcp:tools:weather mcp:tools:pay' });
    let release: (() => void) | undefined;
    beforeKeeping = () => {
      beforeKeeping = async () => {};
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    const narrow = refresh(tokens.refresh_token, { scope: 'mcp:tools:weather' });
    await vi.waitFor(() => expect(release).toBeDefined());
    later(3); // Nobody waits any more for what the first request is at.
    const whole = await refresh(tokens.refresh_token);
    release?.();
    expect(await narrow).toMatchObject(refused);
    expect((await refresh(whole.body.refresh_token)).status).toBe(200);
  });
});

describe('two instances on one store', () => {
  /** Requests by turns at two front doors of the same issuer. */
  function share(open: OpenStore): void {
    it('give the same successor to requests that reach both (AS-104, ATK-69)', async () => {
      const one = await startIssuer({ store: await open() });
      const { issuer: name, resource } = one;
      const resources = [{ resource, name: 'Test Server', scopes: vocabulary }];
      const two = await startIssuer({ store: await open(), issuer: name, resources });
      const { port } = two.server.address() as AddressInfo;
      client = (await register(one)).body.client_id;
      const { tokens } = await walk(one, client);
      const doors = [name, `http://127.0.0.1:${port}`];
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => refresh(tokens.refresh_token, {}, doors[n % 2])),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
      await one.close();
      await two.close();
    });
  }

  describeOnSharedStores(share);
});
