import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStore, memoryStore, sqliteStore } from '@portcullis/provider-local';
import { postgresStore } from '@portcullis/provider-local/postgres';
import { redisStore } from '@portcullis/provider-local/redis';
import pg from 'pg';
import { createClient } from 'redis';

/** A store to measure. */
export interface BenchStore {
  readonly name: 'memory' | 'SQLite' | 'PostgreSQL' | 'Redis';
  /**
   * An empty one.
   *
   * @throws {Error} when its server does not answer.
   */
  open(): Promise<LocalStore>;
  /** Takes away what {@link open} left behind, once the store is closed. */
  drop(): Promise<void>;
}

const TIMEOUT_MS = 3000;

/** All four: PostgreSQL and Redis where `PORTCULLIS_POSTGRES_URL` and `PORTCULLIS_REDIS_URL` say, or on their usual ports. */
export function benchStores(env: NodeJS.ProcessEnv): readonly BenchStore[] {
  const {
    PORTCULLIS_POSTGRES_URL: connectionString = 'postgres://postgres@127.0.0.1:5432/postgres',
    PORTCULLIS_REDIS_URL: url = 'redis://127.0.0.1:6379',
  } = env;
  const name = `portcullis_bench_${randomBytes(6).toString('hex')}`;
  let directory: string | undefined;
  return [
    { name: 'memory', open: async () => memoryStore(), drop: async () => {} },
    {
      name: 'SQLite',
      async open() {
        directory = await mkdtemp(join(tmpdir(), 'bench-'));
        return sqliteStore({ path: join(directory, 'issuer.db') });
      },
      async drop() {
        if (directory) await rm(directory, { recursive: true, force: true });
      },
    },
    {
      name: 'PostgreSQL',
      open: () => postgresStore({ connectionString, schema: name, timeoutMs: TIMEOUT_MS }),
      async drop() {
        const client = new pg.Client({ connectionString, connectionTimeoutMillis: TIMEOUT_MS });
        await client.connect();
        await client.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
        await client.end();
      },
    },
    {
      name: 'Redis',
      open: () => redisStore({ url, prefix: `${name}:`, timeoutMs: TIMEOUT_MS }),
      async drop() {
        const client = createClient({ url, socket: { connectTimeout: TIMEOUT_MS } });
        await client.on('error', () => {}).connect();
        for await (const keys of client.scanIterator({ MATCH: `${name}:*`, COUNT: 1000 })) {
          if (keys.length > 0) await client.unlink(keys);
        }
        await client.close();
      },
    },
  ];
}
