import { ProviderUnavailableError } from '@portcullis/core';
import { describeOn } from 'service-testing';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { dropSchemas, freshSchema } from '../store/__fixtures__/postgres.js';
import { dropKeys, freshPrefix } from '../store/__fixtures__/redis.js';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import { postgresStore } from '../store/postgres-store.js';
import { redisStore } from '../store/redis-store.js';
import type { UpstreamAccounts, UpstreamPerson } from './upstream.js';
import { createUpstreamPeople } from './upstream-people.js';

type Renew = UpstreamAccounts['renew'];

const account = { subject: 'cfo', displayName: 'Ada' };
const ada: UpstreamPerson = { account, sub: 'ada', refreshToken: 'first' };

/** One instance, in front of an upstream provider that answers as it is told. */
function instance(store: LocalStore, renew: Renew = async () => ({ kind: 'ended' })) {
  const never = async (): Promise<never> => {
    throw new Error('Nobody asks this here.');
  };
  const upstream: UpstreamAccounts = {
    kind: 'upstream',
    name: 'Acme SSO',
    issuer: 'https://sso.acme.example',
    scopes: ['openid', 'offline_access'],
    recheckSeconds: 900,
    authorizationUrl: never,
    redeem: never,
    readLogout: never,
    renew,
  };
  return createUpstreamPeople(upstream, store);
}

/** What the store holds of the person, as another instance reads it. */
const kept = async (store: LocalStore) => (await store.read('UpstreamPerson', 'cfo'))?.payload;

const later = (minutes: number): void => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });
};

afterEach(() => vi.useRealTimers());

/** Where an upstream provider that rotates refresh tokens takes each one once. */
function rotating() {
  let current = 'first';
  const used: string[] = [];
  const renew: Renew = async (refreshToken) => {
    used.push(refreshToken);
    if (refreshToken !== current) return { kind: 'ended' };
    current = `${refreshToken}+`;
    return { kind: 'good', refreshToken: current };
  };
  return { renew, used };
}

function races(open: () => Promise<{ stores: readonly LocalStore[]; close(): Promise<void> }>) {
  it('asks once where instances ask at the same time, and goes on with the new token', async () => {
    const { stores, close } = await open();
    const { renew, used } = rotating();
    const all = stores.map((store) => instance(store, renew));
    expect(await all[0]?.remember(ada)).toBe(true);
    for (const expected of [['first'], ['first', 'first+']]) {
      later(16);
      const answers = await Promise.all(
        [...all, ...all, ...all].map((people) => people.recheck('cfo')),
      );
      expect([new Set(answers), used]).toEqual([new Set(['known']), expected]);
    }
    await close();
  });

  it('lets one of two people in who come under one subject at the same time (AS-50)', async () => {
    const { stores, close } = await open();
    for (let round = 0; round < 5; round += 1) {
      const subject = `shared-${round}`;
      const people = ['ada', 'bob', 'cleo', 'dan'].map((sub, index) => {
        const store = stores[index % stores.length] as LocalStore;
        return instance(store).remember({ account: { ...account, subject }, sub });
      });
      expect((await Promise.all(people)).filter((welcome) => welcome)).toEqual([true]);
    }
    await close();
  });
}

describe('people on one store', () => {
  races(async () => {
    const store = memoryStore();
    return { stores: [store, store], close: () => store.close() };
  });

  it('keep the token that took the place of the first, when they sign in while it is used', async () => {
    const store = memoryStore();
    const people = instance(store, async () => {
      // Comes back from a second sign-in, for which no refresh token was given.
      await people.remember({ account, sub: 'ada' });
      return { kind: 'good', refreshToken: 'second' };
    });
    await people.remember(ada);
    later(16);
    expect(await people.recheck('cfo')).toBe('known');
    expect(await kept(store)).toMatchObject({ refreshToken: 'second' });
  });

  it('keep the token of a new sign-in, and their access, when an old one ends meanwhile', async () => {
    const store = memoryStore();
    const people = instance(store, async () => {
      await people.remember({ ...ada, refreshToken: 'of the new sign-in' });
      return { kind: 'ended' };
    });
    await people.remember(ada);
    later(16);
    expect(await people.recheck('cfo')).toBe('known');
    expect(await kept(store)).toMatchObject({ refreshToken: 'of the new sign-in' });
  });

  it('are over when the answer is about somebody else, whatever the mapping calls them (AS-50)', async () => {
    const store = memoryStore();
    const people = instance(store, async () => ({
      kind: 'good',
      refreshToken: 'second',
      sub: 'mallory',
      account: async () => account,
    }));
    await people.remember(ada);
    later(16);
    expect(await people.recheck('cfo')).toBe('ended');
  });

  it('are asked about again with the same token after an answer that was lost', async () => {
    const store = memoryStore();
    const { renew, used } = rotating();
    let lost = true;
    const people = instance(store, async (refreshToken) => {
      if (!lost) return renew(refreshToken);
      used.push(refreshToken);
      lost = false;
      throw new ProviderUnavailableError('It gave no full answer.');
    });
    await people.remember(ada);
    later(16);
    await expect(people.recheck('cfo')).rejects.toThrow('It gave no full answer.');
    expect([await people.recheck('cfo'), used]).toEqual(['known', ['first', 'first']]);
  });
});

describeOn('PostgreSQL', (connectionString) => {
  afterAll(() => dropSchemas(connectionString));
  races(async () => {
    const schema = freshSchema();
    const open = () => postgresStore({ connectionString, schema });
    const stores = [await open(), await open()];
    return { stores, close: async () => void (await Promise.all(stores.map((s) => s.close()))) };
  });
});

describeOn('Redis', (url) => {
  afterAll(() => dropKeys(url));
  races(async () => {
    const prefix = freshPrefix();
    const stores = await Promise.all([redisStore({ url, prefix }), redisStore({ url, prefix })]);
    return { stores, close: async () => void (await Promise.all(stores.map((s) => s.close()))) };
  });
});
