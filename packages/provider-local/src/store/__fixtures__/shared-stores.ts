import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOn } from 'service-testing';
import { afterAll, describe } from 'vitest';
import type { LocalStore } from '../local-store.js';
import { memoryStore } from '../memory-store.js';
import { postgresStore } from '../postgres-store.js';
import { redisStore } from '../redis-store.js';
import { sqliteStore } from '../sqlite-store.js';
import { dropSchemas, freshSchema } from './postgres.js';
import { dropKeys, freshPrefix } from './redis.js';

/** Opens one store once more: all that it returns share their records. */
export type OpenStore = () => LocalStore | Promise<LocalStore>;

/** The same tests on every kind of store that instances can share; in memory these are of one process. */
export function describeOnSharedStores(body: (open: OpenStore) => void): void {
  describe('in memory', () => {
    const shared = memoryStore();
    afterAll(() => shared.close());
    body(() => ({ ...shared, close: async () => {} }));
  });

  describe('on SQLite', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    body(() => sqliteStore({ path: join(folder, 'issuer.db') }));
  });

  describeOn('PostgreSQL', (connectionString) => {
    const schema = freshSchema();
    afterAll(() => dropSchemas(connectionString));
    body(() => postgresStore({ connectionString, schema }));
  });

  describeOn('Redis', (url) => {
    const prefix = freshPrefix();
    afterAll(() => dropKeys(url));
    body(() => redisStore({ url, prefix }));
  });
}
