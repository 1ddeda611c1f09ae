import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describeOn, startRelay } from 'service-testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AuditUnavailableError } from '../errors.js';
import { createAuditLog } from './audit-log.js';
import { type AuditDatabase, postgresSink } from './postgres-sink.js';
import { denied, deniedTo } from './sample-events.harness.js';

describe('postgresSink', () => {
  const database: AuditDatabase = { query: () => Promise.reject(new Error('never asked')) };

  it.each([
    '',
    'Audit',
    'audit; DROP TABLE x',
    'a.b.c',
    '1a',
    'a"',
    `a${'b'.repeat(55)}`,
    '.a',
    'a.',
  ])('refuses the table %j, which would become part of a statement', (table) => {
    expect(() => postgresSink({ database, onFailure: 'block', table })).toThrow(
      `"table" is ${JSON.stringify(table)}, which is no plain name of a table. ` +
        'Use at most 55 of a-z, 0-9 and "_", with a schema and a dot before them if need be.',
    );
  });
});

describeOn('PostgreSQL', (url) => {
  const schema = `test_${randomBytes(8).toString('hex')}`;
  const pools: pg.Pool[] = [];
  const connect = (connectionString = url, max = 4) => {
    const pool = new pg.Pool({ connectionString, max });
    pool.on('error', () => {});
    pools.push(pool);
    return pool;
  };
  const freshTable = () => `${schema}.audit_${randomBytes(4).toString('hex')}`;
  const rows = async (table: string) =>
    (await admin.query(`SELECT at, event FROM ${table} ORDER BY position`)).rows;
  let admin: pg.Pool;
  beforeAll(async () => {
    admin = new pg.Pool({ connectionString: url, max: 2 });
    await admin.query(`CREATE SCHEMA ${schema}`);
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
  });
  afterAll(async () => {
    await admin.query(`DROP SCHEMA ${schema} CASCADE`);
    await admin.end();
  });

  it('keeps the whole event and its time', async () => {
    const table = freshTable();
    await postgresSink({ database: connect(), onFailure: 'block', table }).write(denied);
    expect(await rows(table)).toEqual([{ at: new Date(1_700_000_000_123), event: denied }]);
  });

  it('takes the table portcullis_audit where none is named', async () => {
    const own = new URL(url);
    own.searchParams.set('options', `-c search_path=${schema}`);
    await postgresSink({ database: connect(own.href), onFailure: 'block' }).write(denied);
    expect(await rows(`${schema}.portcullis_audit`)).toHaveLength(1);
  });

  it('keeps what PostgreSQL could not hold, spelled out, and loses no neighbour by it', async () => {
    const table = freshTable();
    const sink = postgresSink({ database: connect(), onFailure: 'block', table });
    await Promise.all(
      ['first', 'nul \u0000', 'half \ud800', 'last'].map((name) => sink.write(deniedTo(name))),
    );
    expect((await rows(table)).map(({ event }) => event.name)).toEqual([
      'first',
      String.raw`nul \u0000`,
      String.raw`half \ud800`,
      'last',
    ]);
  });

  it('writes events that wait together, in order and each once', async () => {
    const table = freshTable();
    const pool = connect();
    const statements: string[] = [];
    const database: AuditDatabase = {
      query: (text, values) => {
        statements.push(text);
        return pool.query(text, values);
      },
    };
    const sink = postgresSink({ database, onFailure: 'block', table });
    await sink.ready();
    statements.length = 0;
    const names = Array.from({ length: 1200 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => sink.write(deniedTo(name))));
    expect((await rows(table)).map(({ event }) => event.name)).toEqual(names);
    // The first goes alone, since nobody knows of the others yet; then 500, 500 and 199.
    expect(statements).toHaveLength(4);
  });

  it('lets instances that start at once share a table', async () => {
    const table = freshTable();
    const sinks = Array.from({ length: 8 }, () =>
      postgresSink({ database: connect(url, 1), onFailure: 'block', table }),
    );
    await Promise.all(sinks.map((sink) => sink.write(denied)));
    expect(await rows(table)).toHaveLength(8);
  });

  it('needs no more than INSERT where the table is there', async () => {
    const table = freshTable();
    await postgresSink({ database: connect(), onFailure: 'block', table }).ready();
    const role = `writer_${randomBytes(4).toString('hex')}`;
    const pool = connect(url, 1);
    await admin.query(
      `CREATE ROLE ${role}; GRANT ${role} TO CURRENT_USER; GRANT USAGE ON SCHEMA ${schema} TO ${role}; GRANT INSERT ON ${table} TO ${role}`,
    );
    try {
      await pool.query(`SET ROLE ${role}`);
      await postgresSink({ database: pool, onFailure: 'block', table }).write(denied);
      await expect(pool.query(`SELECT * FROM ${table}`)).rejects.toThrow('permission denied');
      expect(await rows(table)).toHaveLength(1);
    } finally {
      await pool.query('RESET ROLE');
      await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('fails while the database is away, and goes on when it is back', async () => {
    const table = freshTable();
    const relay = await startRelay(url);
    const sink = postgresSink({ database: connect(relay.url), onFailure: 'block', table });
    const log = createAuditLog({ sinks: [sink], warn: () => {} });
    const { id: _, at: __, version: ___, ...entry } = denied;
    await relay.cut();
    await expect(log.record(entry)).rejects.toThrow(AuditUnavailableError);
    await relay.mend();
    await log.record(entry);
    expect(await rows(table)).toHaveLength(1);
    await relay.close();
  });

  it('waits for a database that says nothing no longer than it was told', async () => {
    const table = freshTable();
    const relay = await startRelay(url);
    const database = connect(relay.url);
    const sink = postgresSink({ database, onFailure: 'block', table, timeoutMs: 50 });
    await postgresSink({ database, onFailure: 'block', table }).ready();
    relay.stall();
    await expect(sink.write(denied)).rejects.toThrow('The database did not answer within 50 ms.');
    relay.flow();
    await relay.close();
  });

  it('refuses events beyond those that may wait, and those after its end', async () => {
    const table = freshTable();
    const sink = postgresSink({ database: connect(), onFailure: 'block', table, maxWaiting: 2 });
    // The first is on its way and does not wait.
    const taken = [sink.write(denied), sink.write(denied), sink.write(denied)];
    await expect(sink.write(denied)).rejects.toThrow('2 audit events wait for the database.');
    const closing = sink.close();
    await expect(sink.write(denied)).rejects.toThrow('The audit sink is closed.');
    await closing;
    expect(await rows(table)).toHaveLength(3);
    await Promise.all(taken);
  });

  it('fails an event that is no JSON alone', async () => {
    const table = freshTable();
    const sink = postgresSink({ database: connect(), onFailure: 'block', table });
    const bad = { ...denied, at: 1n } as unknown as typeof denied;
    const writes = [sink.write(denied), sink.write(bad), sink.write(denied)];
    await expect(writes[1]).rejects.toThrow('BigInt');
    await Promise.all([writes[0], writes[2]]);
    expect(await rows(table)).toHaveLength(2);
  });
});
