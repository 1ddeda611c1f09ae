import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { storeContract } from '../testing/store-contract.js';
import { dropSchemas, freshSchema, onPostgres } from './__fixtures__/postgres.js';
import { startRelay } from './__fixtures__/relay.js';
import { describeOn } from './__fixtures__/services.js';
import { postgresStore } from './postgres-store.js';

const opener = new URL('./__fixtures__/open-postgres.mjs', import.meta.url);

describeOn('PostgreSQL', (url) => {
  const open = (schema = freshSchema()) => postgresStore({ connectionString: url, schema });
  afterAll(() => dropSchemas(url));

  storeContract({
    it,
    create: (now) => postgresStore({ connectionString: url, schema: freshSchema(), now }),
    shared: async () => ({
      opener,
      location: JSON.stringify({ connectionString: url, schema: freshSchema() }),
    }),
  });

  it('keeps records over a restart, and shares them between stores', async () => {
    const schema = freshSchema();
    const before = await open(schema);
    await before.write('RefreshToken', 'secret', { jti: 'secret', n: 1 }, { grantId: 'g' });
    await before.consume('RefreshToken', 'secret', 5);
    await before.close();
    const [after, beside] = await Promise.all([open(schema), open(schema)]);
    expect(await after.read('RefreshToken', 'secret')).toEqual({
      payload: { jti: 'secret', n: 1 },
      consumedAt: 5,
    });
    await beside.removeGrant('g');
    expect(await after.read('RefreshToken', 'secret')).toBeUndefined();
    await Promise.all([after.close(), beside.close()]);
  });

  it('leaves no id, alias or grant in the clear in its tables (AS-94)', async () => {
    const schema = freshSchema();
    const store = await open(schema);
    const options = { alias: 'the-alias-0123', grantId: 'the-grant-0123' };
    await store.write('Session', 'the-secret-0123', { jti: 'the-secret-0123' }, options);
    await store.insertIfAbsent('ReplayDetection', 'the-assertion-0123', 9_999_999_999);
    await store.close();
    const dump = JSON.stringify(await onPostgres(url, `SELECT * FROM ${schema}.records`));
    expect(dump).toContain('Session');
    expect(dump).not.toMatch(/the-(secret|alias|grant|assertion)-0123/);
  });

  it('lets one of 20 consume a record where transactions are serializable (ATK-08)', async () => {
    const strict = new URL(url);
    strict.searchParams.set('options', '-c default_transaction_isolation=serializable');
    const store = await postgresStore({ connectionString: strict.href, schema: freshSchema() });
    for (let round = 0; round < 5; round += 1) {
      await store.write('AuthorizationCode', `code-${round}`, {});
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => store.consume('AuthorizationCode', `code-${round}`, 1)),
      );
      expect(answers.filter((won) => won)).toEqual([true]);
    }
    await store.close();
  });

  it('sweeps beside another sweep without waiting for it', async () => {
    const schema = freshSchema();
    const store = await open(schema);
    for (let n = 0; n < 4; n += 1) await store.write('Session', `s${n}`, {}, { expiresAt: n + 1 });
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await other.query('BEGIN');
    await other.query(`DELETE FROM ${schema}.records WHERE expires_at <= 2`);
    expect(await store.sweep(4, 10)).toBe(2);
    await other.query('ROLLBACK');
    expect(await store.sweep(4, 10)).toBe(2);
    await other.end();
    await store.close();
  });

  it('is an outage while the server is away, and goes on once it is back', async () => {
    const relay = await startRelay(url);
    const store = await postgresStore({ connectionString: relay.url, schema: freshSchema() });
    await store.write('AuthorizationCode', 'a', {});
    await relay.cut();
    await sleep(20);
    for (const step of [
      () => store.read('AuthorizationCode', 'a'),
      () => store.consume('AuthorizationCode', 'a', 1),
      () => store.insertIfAbsent('ReplayDetection', 'a', 1),
    ]) {
      await expect(step()).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
        message: expect.stringMatching(
          /^The PostgreSQL store cannot be asked: connect ECONNREFUSED/,
        ),
      });
    }
    await relay.mend();
    expect(await store.consume('AuthorizationCode', 'a', 1)).toBe(true);
    await store.close();
    await relay.close();
  });

  it('waits for a silent server no longer than it was told', async () => {
    const relay = await startRelay(url);
    const store = await postgresStore({
      connectionString: relay.url,
      schema: freshSchema(),
      timeoutMs: 100,
      maxConnections: 1,
    });
    await store.write('Session', 'a', {});
    relay.stall();
    const began = Date.now();
    await expect(store.read('Session', 'a')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    await expect(store.read('Session', 'a')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    expect(Date.now() - began).toBeLessThan(1000);
    relay.flow();
    expect(await store.read('Session', 'a')).toEqual({ payload: {} });
    await store.close();
    await relay.close();
  });

  it('waits for a locked row no longer than it was told, and consumes nothing', async () => {
    const schema = freshSchema();
    const store = await postgresStore({ connectionString: url, schema, timeoutMs: 50 });
    await store.write('AuthorizationCode', 'a', {});
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await other.query('BEGIN');
    await other.query(`SELECT FROM ${schema}.records FOR UPDATE`);
    await expect(store.consume('AuthorizationCode', 'a', 1)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    await other.query('ROLLBACK');
    await other.end();
    await sleep(100);
    expect(await store.read('AuthorizationCode', 'a')).toEqual({ payload: {} });
    expect(await store.consume('AuthorizationCode', 'a', 1)).toBe(true);
    await store.close();
  });

  it('opens no more connections than it was told', async () => {
    const named = new URL(url);
    const name = freshSchema();
    named.searchParams.set('application_name', name);
    const store = await postgresStore({
      connectionString: named.href,
      schema: name,
      maxConnections: 2,
    });
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.write('Session', `${n}`, {})));
    const count = `SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = '${name}'`;
    expect(await onPostgres(url, count)).toEqual([{ open: 2 }]);
    await store.close();
    await sleep(50);
    expect(await onPostgres(url, count)).toEqual([{ open: 0 }]);
  });

  it('leaves a pool that it was given to its owner, and shares it', async () => {
    const pool = new pg.Pool({ connectionString: url });
    const one = await postgresStore({ pool, schema: freshSchema() });
    const two = await postgresStore({ pool, schema: freshSchema() });
    await one.write('Session', 'a', { n: 1 });
    expect(await two.read('Session', 'a')).toBeUndefined();
    await one.close();
    await expect(one.read('Session', 'a')).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    await two.write('Session', 'a', { n: 2 });
    expect(await two.read('Session', 'a')).toEqual({ payload: { n: 2 } });
    await two.close();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  describe('at the start', () => {
    const password = new URL(url).password;

    async function failureOf(start: Promise<unknown>): Promise<{ code: string; message: string }> {
      const error = await start.then(
        () => expect.fail('It started.'),
        (failure: unknown) => failure as Error & { code: string },
      );
      if (password !== '') expect(error.message).not.toContain(password);
      return {
        code: error.code,
        message: error.message.replaceAll(/test_[0-9a-f]{16}/g, 'test_x'),
      };
    }

    it('migrates once, however many processes start', async () => {
      const schema = freshSchema();
      const stores = await Promise.all(Array.from({ length: 5 }, () => open(schema)));
      await (await open(schema)).close();
      for (const store of stores) await store.close();
      const versions = `SELECT version FROM ${schema}.schema_version`;
      expect(await onPostgres(url, versions)).toEqual([{ version: 1 }]);
    });

    it('needs no right to create anything once the schema is there', async () => {
      const schema = freshSchema();
      await (await open(schema)).close();
      const role = `${schema}_role`;
      await onPostgres(
        url,
        `CREATE ROLE ${role} LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA ${schema} TO ${role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`,
      );
      const humble = new URL(url);
      [humble.username, humble.password] = [role, 'p'];
      try {
        const store = await postgresStore({ connectionString: humble.href, schema });
        await store.write('Session', 'a', {});
        expect(await store.read('Session', 'a')).toEqual({ payload: {} });
        await store.close();
        expect(
          await failureOf(postgresStore({ connectionString: humble.href, schema: freshSchema() })),
        ).toEqual({
          code: 'CONFIGURATION_INVALID',
          message: expect.stringMatching(
            /^"postgresStore.connectionString" is refused: permission denied for database \w+\. Let the role create the schema/,
          ),
        });
      } finally {
        await onPostgres(url, `DROP SCHEMA ${schema} CASCADE; DROP ROLE ${role}`);
      }
    });

    it('refuses the tables of another program, and leaves them alone', async () => {
      const schema = freshSchema();
      await onPostgres(url, `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.bookmarks (url text)`);
      expect(await failureOf(open(schema))).toEqual({
        code: 'CONFIGURATION_INVALID',
        message:
          '"postgresStore.schema" "test_x" holds tables of another program; it was left as it is. Name another schema.',
      });
      expect(
        await onPostgres(url, `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`),
      ).toEqual([{ tablename: 'bookmarks' }]);
    });

    it('refuses a newer schema, and leaves it alone', async () => {
      const schema = freshSchema();
      await (await open(schema)).close();
      await onPostgres(url, `INSERT INTO ${schema}.schema_version (version) VALUES (2)`);
      expect(await failureOf(open(schema))).toEqual({
        code: 'CONFIGURATION_INVALID',
        message:
          '"postgresStore.schema" "test_x" has version 2, and this package knows 1; it was left as it is. Update @portcullis/provider-local, or name another schema.',
      });
    });

    it('refuses a server that cannot write', async () => {
      const replica = new URL(url);
      replica.searchParams.set('options', '-c default_transaction_read_only=on');
      expect(
        await failureOf(postgresStore({ connectionString: replica.href, schema: freshSchema() })),
      ).toEqual({
        code: 'CONFIGURATION_INVALID',
        message:
          '"postgresStore" must be able to write; this server is read-only. Name the primary.',
      });
    });

    it('tells a missing database from a server that is away', async () => {
      const missing = new URL(url);
      missing.pathname = '/there_is_no_such_database';
      expect(await failureOf(postgresStore({ connectionString: missing.href }))).toEqual({
        code: 'CONFIGURATION_INVALID',
        message:
          '"postgresStore.connectionString" is refused: database "there_is_no_such_database" does not exist. Create the database, or name another one.',
      });
      const relay = await startRelay(url);
      await relay.close();
      expect(await failureOf(postgresStore({ connectionString: relay.url }))).toEqual({
        code: 'PROVIDER_UNAVAILABLE',
        message: expect.stringMatching(
          /^The PostgreSQL store cannot be asked: connect ECONNREFUSED/,
        ),
      });
    });
  });
});

describe('postgresStore', () => {
  it('names every option that is wrong, and repeats no password', async () => {
    await expect(
      postgresStore({
        connectionString: 'mysql://me:hunter2@127.0.0.1/db',
        schema: 'public"; DROP',
        maxConnections: 0,
        timeoutMs: Number.NaN,
      }),
    ).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message:
        'The configuration has 4 problems:\n' +
        '  - "postgresStore.connectionString" must be a URL that begins with postgres: or postgresql:. Write postgres://user:password@host:5432/database, with special characters percent-encoded; for anything else give a "pool".\n' +
        '  - "postgresStore.schema" must be a lower-case identifier; got "public\\"; DROP". Leave it out for "portcullis".\n' +
        '  - "postgresStore.maxConnections" must be a whole number from 1 to 100; got 0. Leave it out for the default.\n' +
        '  - "postgresStore.timeoutMs" must be a whole number from 10 to 60000; got NaN. Leave it out for the default.',
    });
    await expect(postgresStore({})).rejects.toMatchObject({
      message: '"postgresStore" needs either "connectionString" or "pool". Give one of them.',
    });
  });
});
