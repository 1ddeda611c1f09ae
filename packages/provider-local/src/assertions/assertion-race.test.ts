import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOn } from 'service-testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dropSchemas, freshSchema } from '../store/__fixtures__/postgres.js';
import { dropKeys, freshPrefix } from '../store/__fixtures__/redis.js';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import { postgresStore } from '../store/postgres-store.js';
import { redisStore } from '../store/redis-store.js';
import { sqliteStore } from '../store/sqlite-store.js';
import {
  desktop,
  type FakeAuthority,
  identityAssertion,
  present,
  startAuthority,
  startTrusting,
  workloadAssertion,
} from './assertions.harness.js';

let authority: FakeAuthority;
beforeAll(async () => {
  authority = await startAuthority();
});
afterAll(() => authority.close());

/** Two instances on one store, ten requests to each at once; of each kind of assertion exactly one gets a token. */
async function race(first: LocalStore, second: LocalStore): Promise<void> {
  const one = await startTrusting(authority, authority, { store: first });
  const another = await startTrusting(authority, authority, { store: second, issuer: one.issuer });
  const doors = [one.issuer, `http://127.0.0.1:${new URL(another.resource).port}`];
  // Keys and engines are there before the race.
  for (const issuer of doors) {
    const warm = await present({ issuer }, await workloadAssertion(authority, one));
    expect(warm.status).toBe(200);
  }
  for (const [make, form] of [
    [identityAssertion, desktop],
    [workloadAssertion, {}],
  ] as const) {
    const assertion = await make(authority, one);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        present({ issuer: doors[turn % 2] ?? '' }, assertion, form),
      ),
    );
    const outcomes = answers.map(({ status, body }) => body.error ?? status).sort();
    expect(outcomes).toEqual([200, ...Array.from({ length: 19 }, () => 'invalid_grant')]);
  }
  await one.close();
  await another.close();
}

const title =
  'lets one of twenty present an assertion, whichever instance they ask (EXT-28, EXT-63)';

it(`${title}: memory`, async () => {
  const store = memoryStore();
  await race(store, store);
});

it(`${title}: SQLite`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  const path = join(folder, 'issuer.db');
  await race(sqliteStore({ path }), sqliteStore({ path }));
  await rm(folder, { recursive: true });
});

describeOn('PostgreSQL', (connectionString) => {
  afterAll(() => dropSchemas(connectionString));
  it(title, async () => {
    const options = { connectionString, schema: freshSchema() };
    await race(await postgresStore(options), await postgresStore(options));
  });
});

describeOn('Redis', (url) => {
  afterAll(() => dropKeys(url));
  it(title, async () => {
    const options = { url, prefix: freshPrefix() };
    await race(await redisStore(options), await redisStore(options));
  });
});
