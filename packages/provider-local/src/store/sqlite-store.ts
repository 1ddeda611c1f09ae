import type { DatabaseSync } from 'node:sqlite';
import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
import type { LocalStore, StoredRecord } from './local-store.js';
import { recordName } from './record-id.js';
import { decodePayload, encodePayload } from './record-payload.js';
import { createCommits } from './sqlite-commits.js';
import { outage } from './sqlite-errors.js';
import { openDatabase } from './sqlite-file.js';

/** Settings of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** The file, created when absent, in a directory that exists. */
  readonly path: string;
  /** How long a step waits for another process to release the lock, in milliseconds; the event loop waits too. Default 2000. */
  readonly busyTimeoutMs?: number;
  /** Seconds since the epoch, for the expiry of records. Default: the clock of this machine. */
  readonly now?: () => number;
}

/**
 * A store in one SQLite file, through `node:sqlite`: survives a restart, needs no server, and several processes of one machine can share it.
 *
 * Ids are kept as hashes; payloads are NOT encrypted, see `encryptedStore`; the file is made readable for its owner only. Every commit
 * reaches the disk before its step resolves.
 *
 * @throws {ConfigurationError} at once, when the file cannot be opened, is locked, damaged, not a SQLite database, another
 *   program's, or of a newer version; the file is then unchanged. Later steps reject with a `ProviderUnavailableError`.
 */
export function sqliteStore(options: SqliteStoreOptions): LocalStore {
  const { path, busyTimeoutMs = 2000, now = () => Date.now() / 1000 } = options;
  const problems = optionProblems(path, busyTimeoutMs);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const database = openDatabase(path, busyTimeoutMs);
  const statements = prepareStatements(database);
  const commits = createCommits(database);
  let closed = false;

  /** A rejection where the database fails, also when it was closed. */
  async function ask<T>(step: () => T | Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw outage(path, error);
    }
  }
  /** What is to be written is put together at once: a caller may go on to change its payload. */
  const change = <T>(prepare: () => () => T): Promise<T> => ask(() => commits.run(prepare()));

  const underAlias = (kind: string, alias: string, limit: number): Promise<StoredRecord[]> =>
    ask(() => {
      const rows = statements.listByAlias.all(recordName('alias', kind, alias), now(), limit);
      return rows.map((row) => toRecord(row)).filter((record) => record !== undefined);
    });

  return {
    read: (kind, id) =>
      ask(() => toRecord(statements.read.get(recordName('id', kind, id), now()), id)),
    readByAlias: async (kind, alias) => (await underAlias(kind, alias, 1))[0],
    listByAlias: underAlias,
    write: (kind, id, payload, { expiresAt, grantId, alias } = {}) =>
      change(() => {
        const values = [
          recordName('id', kind, id),
          kind,
          encodePayload(id, payload),
          expiresAt ?? null,
          grantId === undefined ? null : recordName('grant', '', grantId),
          alias === undefined ? null : recordName('alias', kind, alias),
        ];
        return () => {
          statements.write.run(...values);
        };
      }),
    consume: (kind, id, at) =>
      change(() => {
        const name = recordName('id', kind, id);
        return () => statements.consume.run(at, name, at).changes === 1;
      }),
    insertIfAbsent: (kind, id, expiresAt, payload = {}) =>
      change(() => {
        const [name, text] = [recordName('id', kind, id), encodePayload(id, payload)];
        return () =>
          statements.insertIfAbsent.run(name, kind, text, expiresAt, now()).changes === 1;
      }),
    replace: (kind, id, expected, payload) =>
      change(() => {
        const [before, after] = [encodePayload(id, expected), encodePayload(id, payload)];
        const name = recordName('id', kind, id);
        return () => statements.replace.run(after, name, before, now()).changes === 1;
      }),
    remove: (kind, id) =>
      change(() => {
        const name = recordName('id', kind, id);
        return () => {
          statements.remove.run(name);
        };
      }),
    removeGrant: (grantId) =>
      change(() => {
        const name = recordName('grant', '', grantId);
        return () => {
          statements.removeGrant.run(name);
        };
      }),
    sweep: (at, limit) => change(() => () => Number(statements.sweep.run(at, limit).changes)),
    close: () =>
      ask(() => {
        commits.flush();
        if (!closed) database.close();
        closed = true;
      }),
  };
}

/** Each is one statement, and so one transaction: nothing is read first and written later. */
function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    read: prepare(
      `SELECT payload, consumed_at FROM records
        WHERE id = ? AND (expires_at IS NULL OR expires_at > ?)`,
    ),
    listByAlias: prepare(
      `SELECT payload, consumed_at FROM records
        WHERE alias = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY rowid DESC LIMIT ?`,
    ),
    // `consumed_at` is not among what is replaced: a used record stays used.
    write: prepare(
      `INSERT INTO records (id, kind, payload, expires_at, grant_name, alias) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
           grant_name = excluded.grant_name, alias = excluded.alias`,
    ),
    consume: prepare(
      `UPDATE records SET consumed_at = ?
        WHERE id = ? AND consumed_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`,
    ),
    insertIfAbsent: prepare(
      `INSERT INTO records (id, kind, payload, expires_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
           consumed_at = NULL, grant_name = NULL, alias = NULL
         WHERE records.expires_at <= ?`,
    ),
    replace: prepare(
      `UPDATE records SET payload = ?
        WHERE id = ? AND payload = ? AND (expires_at IS NULL OR expires_at > ?)`,
    ),
    remove: prepare('DELETE FROM records WHERE id = ?'),
    removeGrant: prepare('DELETE FROM records WHERE grant_name = ?'),
    sweep: prepare(
      `DELETE FROM records WHERE rowid IN
         (SELECT rowid FROM records WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    ),
  };
}

function toRecord(row: Record<string, unknown> | undefined, id?: string): StoredRecord | undefined {
  if (!row) return undefined;
  const payload = decodePayload(String(row.payload), id);
  const consumedAt = row.consumed_at;
  return typeof consumedAt === 'number' ? { payload, consumedAt } : { payload };
}

function optionProblems(path: string, busyTimeoutMs: number): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  if (
    typeof path !== 'string' ||
    path === '' ||
    path.includes('\0') ||
    /^(:memory:|file:)/.test(path)
  ) {
    problems.push({
      option: 'sqliteStore.path',
      problem: `must be the path of a file; got ${JSON.stringify(path)}.`,
      remedy: 'Name a file, such as "portcullis.sqlite"; for a store in memory use memoryStore().',
    });
  }
  if (!Number.isInteger(busyTimeoutMs) || busyTimeoutMs < 1 || busyTimeoutMs > 60_000) {
    problems.push({
      option: 'sqliteStore.busyTimeoutMs',
      problem: `must be a whole number of milliseconds from 1 to 60000; got ${busyTimeoutMs}.`,
      remedy: 'Leave it out for 2000.',
    });
  }
  return problems;
}
