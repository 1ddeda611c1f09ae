import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog } from '@portcullis/core';
import { describeOn } from 'service-testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createIssuerAudit } from '../issuer-audit.js';
import { dropSchemas, freshSchema } from '../store/__fixtures__/postgres.js';
import { dropKeys, freshPrefix } from '../store/__fixtures__/redis.js';
import { encryptedStore } from '../store/encrypted-store.js';
import type { LocalStore } from '../store/local-store.js';
import { postgresStore } from '../store/postgres-store.js';
import { redisStore } from '../store/redis-store.js';
import { sqliteStore } from '../store/sqlite-store.js';
import { createIssuerKeys } from './issuer-keys.js';

/** Keys of two instances, each with a store of its own on one database. */
function rotatesOn(open: () => Promise<LocalStore>): void {
  it('are made once, rotated once by ten at once, and withdrawn for everybody', async () => {
    const clock = { now: Date.now() / 1000 };
    const stores = [await open(), await open()];
    const audit = createIssuerAudit(createAuditLog({ sinks: [] }), 'https://issuer.example');
    const instances = Array.from({ length: 10 }, (_, index) =>
      createIssuerKeys({
        store: stores[index % 2] as LocalStore,
        audit,
        algorithm: 'ES256',
        rotationDays: 30,
        now: () => clock.now,
      }),
    );
    const lists = async () => {
      const all = await Promise.all(instances.map((keys) => keys.list()));
      const distinct = new Set(all.map((list) => JSON.stringify(list)));
      expect(distinct.size).toBe(1);
      return all[0] ?? [];
    };
    expect((await lists()).map(({ state }) => state)).toEqual(['active']);
    await Promise.all(instances.map((keys) => keys.rotate()));
    clock.now += 5;
    const [old, next] = await lists();
    expect([old?.state, next?.state]).toEqual(['active', 'pending']);
    const withdrawals = instances.map((keys) => keys.withdraw(String(old?.keyId)));
    expect((await Promise.all(withdrawals)).filter((known) => known)).toHaveLength(1);
    clock.now += 5;
    expect((await lists()).map(({ keyId, state }) => [keyId, state])).toEqual([
      [next?.keyId, 'active'],
    ]);
    for (const keys of instances) keys.stop();
    for (const store of stores) await store.close();
  });
}

describe('keys on SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-keys-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  rotatesOn(async () => sqliteStore({ path: join(folder, 'plain.db') }));

  describe('encrypted', () => {
    const keys = [Buffer.alloc(32, 7).toString('base64')];
    rotatesOn(() => encryptedStore(sqliteStore({ path: join(folder, 'sealed.db') }), { keys }));
  });
});

describeOn('PostgreSQL', (connectionString) => {
  const schema = freshSchema();
  afterAll(() => dropSchemas(connectionString));
  rotatesOn(() => postgresStore({ connectionString, schema }));
});

describeOn('Redis', (url) => {
  const prefix = freshPrefix();
  afterAll(() => dropKeys(url));
  rotatesOn(() => redisStore({ url, prefix }));
});
