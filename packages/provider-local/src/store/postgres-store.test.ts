import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describeOn, startRelay } from 'service-testing';
import { afterAll, expect, it } from 'vitest';
import { storeContract } from '../testing/store-contract.js';
import { dropSchemas, freshSchema, onPostgres } from './__fixtures__/postgres.js';
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
    // We may stop waiting a moment before the server does, which would still find the row free then.
    const waiting = `SELECT FROM pg_stat_activity
      WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`;
    await expect.poll(async () => (await other.query(waiting)).rowCount).toBe(0);
    await other.query('ROLLBACK');
    await other.end();
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
});
