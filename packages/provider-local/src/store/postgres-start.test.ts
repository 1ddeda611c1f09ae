import pg from 'pg';
import { describeOn, startRelay } from 'service-testing';
import { afterAll, describe, expect, it } from 'vitest';
import { dropSchemas, freshSchema, onPostgres } from './__fixtures__/postgres.js';
import { postgresStore } from './postgres-store.js';

describeOn('PostgreSQL', (url) => {
  const open = (schema: string) => postgresStore({ connectionString: url, schema });
  afterAll(() => dropSchemas(url));

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
      message: '"postgresStore" must be able to write; this server is read-only. Name the primary.',
    });
  });

  it('survives a connection that breaks while another process migrates', async () => {
    const schema = freshSchema();
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await other.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`portcullis:${schema}`]);
    const relay = await startRelay(url);
    const failure = failureOf(postgresStore({ connectionString: relay.url, schema }));
    const waiting = `SELECT count(*)::int AS n FROM pg_locks
      WHERE locktype = 'advisory' AND NOT granted AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database())`;
    await expect.poll(() => onPostgres(url, waiting)).toEqual([{ n: 1 }]);
    await relay.cut();
    // Vitest fails where the break reaches the process itself.
    expect(await failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    await other.end();
    await (await open(schema)).close();
  });

  it('takes any identifier for its schema, also a word of SQL', async () => {
    const store = await open('order');
    try {
      await store.write('Session', 'a', { n: 1 });
      expect(await store.read('Session', 'a')).toEqual({ payload: { n: 1 } });
    } finally {
      await store.close();
      await onPostgres(url, 'DROP SCHEMA "order" CASCADE');
    }
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
    relay.stall();
    expect(
      await failureOf(postgresStore({ connectionString: relay.url, timeoutMs: 50 })),
    ).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    await relay.close();
    expect(await failureOf(postgresStore({ connectionString: relay.url }))).toEqual({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringMatching(/^The PostgreSQL store cannot be asked: connect ECONNREFUSED/),
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
        '  - "postgresStore.schema" must be a lower-case identifier that does not begin with pg_; got "public\\"; DROP". Leave it out for "portcullis".\n' +
        '  - "postgresStore.maxConnections" must be a whole number from 1 to 100; got 0. Leave it out for the default.\n' +
        '  - "postgresStore.timeoutMs" must be a whole number from 10 to 60000; got NaN. Leave it out for the default.',
    });
    await expect(
      postgresStore({ connectionString: 'postgres://127.0.0.1/db', schema: 'pg_mine' }),
    ).rejects.toMatchObject({
      message:
        '"postgresStore.schema" must be a lower-case identifier that does not begin with pg_; got "pg_mine". Leave it out for "portcullis".',
    });
    await expect(postgresStore({})).rejects.toMatchObject({
      message: '"postgresStore" needs either "connectionString" or "pool". Give one of them.',
    });
  });
});
