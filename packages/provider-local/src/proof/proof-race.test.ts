import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProviderUnavailableError } from '@portcullis/core';
import { afterAll, describe, expect, it } from 'vitest';
import { post, register, startIssuer, type TestIssuer, vocabulary } from '../issuer.harness.js';
import { dropSchemas, freshSchema } from '../store/__fixtures__/postgres.js';
import { dropKeys, freshPrefix } from '../store/__fixtures__/redis.js';
import { describeOn } from '../store/__fixtures__/services.js';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import { postgresStore } from '../store/postgres-store.js';
import { redisStore } from '../store/redis-store.js';
import { sqliteStore } from '../store/sqlite-store.js';
import { ask, type Prover, prover, refreshForm, signIn } from './proof.harness.js';

const secret = 's'.repeat(32);
const robot = {
  clientId: 'robot',
  name: 'Robot',
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'client_secret_post', secret },
} as const;
const machine = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
const switchedOn = { dpop: true, clients: [robot] } as const;

/** Twenty requests at once with one proof, by turns at two doors. Which errors come, how often. */
async function rush(
  { issuer }: TestIssuer,
  doors: readonly string[],
  form: Readonly<Record<string, string>>,
  key: Prover,
) {
  const dpop = await key.prove(`${issuer}/token`);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => post(`${doors[n % 2]}/token`, form, { dpop })),
  );
  const errors = answers.map(({ status, body }) => (status === 200 ? 'token' : body.error));
  const count = (what: unknown) => errors.filter((error) => error === what).length;
  return { tokens: count('token'), replayed: count('invalid_dpop_proof') };
}

describe('of twenty requests at once with one proof, at two instances', () => {
  function race(open: () => LocalStore | Promise<LocalStore>): void {
    it('one gets a token (EXT-45, ATK-52)', async () => {
      const one = await startIssuer({ ...switchedOn, store: await open() });
      const { issuer, resource } = one;
      const resources = [{ resource, name: 'Test Server', scopes: vocabulary }];
      const two = await startIssuer({ ...switchedOn, store: await open(), issuer, resources });
      const doors = [issuer, `http://127.0.0.1:${(two.server.address() as AddressInfo).port}`];
      const client = (await register(one)).body.client_id;
      const key = await prover();
      const tokens = await ask(one, await signIn(one, client), key);

      const expected = { tokens: 1, replayed: 19 };
      expect(await rush(one, doors, machine, key)).toEqual(expected);
      expect(await rush(one, doors, refreshForm(client, tokens), key)).toEqual(expected);
      await one.close();
      await two.close();
    });
  }

  describe('in memory', () => {
    const shared = memoryStore();
    afterAll(() => shared.close());
    race(() => ({ ...shared, close: async () => {} }));
  });

  describe('on SQLite', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    race(() => sqliteStore({ path: join(folder, 'issuer.db') }));
  });

  describeOn('PostgreSQL', (connectionString) => {
    const schema = freshSchema();
    afterAll(() => dropSchemas(connectionString));
    race(() => postgresStore({ connectionString, schema }));
  });

  describeOn('Redis', (url) => {
    const prefix = freshPrefix();
    afterAll(() => dropKeys(url));
    race(() => redisStore({ url, prefix }));
  });
});

describe('while nobody can tell whether a proof was used', () => {
  it('a request is answered 503, and its refresh token or code stays good (EXT-45)', async () => {
    const store = memoryStore();
    let away = false;
    const issuer = await startIssuer({
      ...switchedOn,
      store: {
        ...store,
        async insertIfAbsent(kind, ...record) {
          if (away && kind === 'ReplayDetection') throw new ProviderUnavailableError('Away.');
          return store.insertIfAbsent(kind, ...record);
        },
      },
    });
    const client = (await register(issuer)).body.client_id;
    const key = await prover();
    const refresh = refreshForm(client, await ask(issuer, await signIn(issuer, client), key));
    const code = await signIn(issuer, client);
    away = true;
    for (const request of [machine, refresh, code]) {
      const { status, headers, body } = await ask(issuer, request, key);
      expect([status, headers.get('retry-after'), body]).toEqual([
        503,
        '5',
        {
          error: 'temporarily_unavailable',
          error_description: 'The authorization server cannot answer now; try again soon',
        },
      ]);
    }
    away = false;
    for (const request of [machine, refresh, code]) {
      expect((await ask(issuer, request, key)).status).toBe(200);
    }
    await issuer.close();
  });
});
