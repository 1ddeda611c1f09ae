import { ConfigurationError } from '../errors.js';
import type { AuditEvent } from './audit-event.js';
import { auditRecord } from './audit-record.js';
import type { AuditSink } from './audit-sink.js';

/** What the sink needs of a database; a `Pool` of `pg` fits. */
export interface AuditDatabase {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

/** Where a {@link postgresSink} writes, and how. */
export interface PostgresSinkOptions {
  /** Yours to open and to close. */
  readonly database: AuditDatabase;
  /** What an event that cannot be written means: see {@link AuditSink.onFailure}. */
  readonly onFailure: AuditSink['onFailure'];
  /** A plain lower-case name, with a schema before it if need be: `audit.mcp`. Default `portcullis_audit`. */
  readonly table?: string;
  /** Milliseconds that one write may take before it has failed. What came too late may be in the table all the same. Default 5,000. */
  readonly timeoutMs?: number;
  /** Events that may wait for the database; beyond them a write fails. Default 10,000. */
  readonly maxWaiting?: number;
}

/** A sink that owns a table. */
export interface PostgresSink extends AuditSink {
  /**
   * Makes the table if it is not there; the first write does so too. Where it is there, the role needs no more than to insert.
   *
   * @throws What the database says.
   */
  ready(): Promise<void>;
  write(event: AuditEvent): Promise<void>;
  /** Resolves when nothing waits any longer. Events that come later are refused. Leaves the database open. */
  close(): Promise<void>;
}

/** Rows of one statement. */
const BATCH = 500;

interface Waiting {
  /** JSON. */
  readonly record: string;
  settle(error?: unknown): void;
}

/**
 * Writes events into one table for all instances: `position`, `at`, and the whole event as `jsonb`. Events that come while a write is
 * under way go together in the next.
 *
 * Does NOT chain its rows: who may update or delete them can rewrite what happened, so give the server's role `INSERT` alone. Does NOT
 * remove old ones.
 *
 * @throws {ConfigurationError} when the table's name is none.
 */
export function postgresSink(options: PostgresSinkOptions): PostgresSink {
  const { database, onFailure, table = 'portcullis_audit' } = options;
  const { timeoutMs = 5000, maxWaiting = 10_000 } = options;
  const name = quoted(table);
  const waiting: Waiting[] = [];
  let prepared: Promise<void> | undefined;
  let writing: Promise<void> | undefined;
  let closed = false;

  async function there(): Promise<boolean> {
    const { rows } = await database.query('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
    return rows[0]?.there === true;
  }

  async function prepare(): Promise<void> {
    if (await there()) return;
    try {
      await database.query(createTable(table));
    } catch (error) {
      // Of two instances that start at once, one may find the other's table half made.
      if (!(await there())) throw error;
    }
  }

  function ready(): Promise<void> {
    prepared ??= prepare().catch((error) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  }

  async function insert(batch: readonly Waiting[]): Promise<void> {
    await ready();
    await database.query(
      `INSERT INTO ${name} (at, event)
       SELECT to_timestamp((event->>'at')::double precision / 1000), event
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS batch (event, number) ORDER BY number`,
      [`[${batch.map(({ record }) => record).join(',')}]`],
    );
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      let error: unknown;
      try {
        await inTime(insert(batch), timeoutMs);
      } catch (cause) {
        error = cause ?? new Error('The audit table could not be written.');
      }
      for (const { settle } of batch) settle(error);
    }
    writing = undefined;
  }

  return {
    onFailure,
    ready,
    write(event) {
      if (closed) return Promise.reject(new Error('The audit sink is closed.'));
      if (waiting.length >= maxWaiting) {
        return Promise.reject(new Error(`${maxWaiting} audit events wait for the database.`));
      }
      return new Promise((resolved, rejected) => {
        // Here, so that an event which is no JSON fails alone and not with all that wait beside it.
        const record = JSON.stringify(auditRecord(event));
        const settle = (error?: unknown) => (error === undefined ? resolved() : rejected(error));
        waiting.push({ record, settle });
        writing ??= flush();
      });
    },
    async close() {
      closed = true;
      await writing;
    },
  };
}

/** So short that the index can have the table's name in its own. */
const PLAIN_NAME = /^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,54}$/;

function quoted(table: string): string {
  if (PLAIN_NAME.test(table)) return table.replace(/[^.]+/g, '"$&"');
  throw new ConfigurationError([
    {
      option: 'table',
      problem: `is ${JSON.stringify(table)}, which is no plain name of a table.`,
      remedy: 'Use at most 55 of a-z, 0-9 and "_", with a schema and a dot before them if need be.',
    },
  ]);
}

/** In one round trip, so that PostgreSQL makes all of it or nothing. */
function createTable(table: string): string {
  const index = `${table.slice(table.indexOf('.') + 1)}_by_time`;
  return `
    CREATE TABLE IF NOT EXISTS ${quoted(table)} (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL,
      event jsonb NOT NULL
    );
    CREATE INDEX IF NOT EXISTS "${index}" ON ${quoted(table)} (at)`;
}

async function inTime(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The database did not answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
