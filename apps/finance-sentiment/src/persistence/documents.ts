import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError, toStoreError } from './store-error.js';

/** Milliseconds to wait for another process's write before the file counts as locked. */
const BUSY_TIMEOUT = 2000;
/** Of the file's layout. */
const VERSION = 1;

/** A document under its id. */
interface StoredDocument {
  readonly id: string;
  readonly value: unknown;
}

/** Collections of JSON documents in one SQLite file. Each write is one transaction. Several stores may share a file. */
export interface Documents {
  /** In the order of their first writing. @throws {StoreError} */
  all(collection: string): readonly StoredDocument[];
  /** Puts and removes at once, or nothing at all. @throws {StoreError} */
  write(collection: string, put: readonly StoredDocument[], remove?: readonly string[]): void;
  /** Whether another connection has written since this was last asked. @throws {StoreError} */
  changedElsewhere(): boolean;
  close(): void;
}

function prepare(database: DatabaseSync, path: string): void {
  const found = database.prepare('PRAGMA user_version').get()?.user_version;
  if (found !== 0 && found !== VERSION) {
    const message = `"${path}" was written by another version of this program (layout ${String(found)}). Use that version, or another file.`;
    throw new StoreError('STORE_UNAVAILABLE', message);
  }
  const check = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (check !== 'ok') {
    const message = `"${path}" is damaged. It was left as it is: restore a copy, or move it away to start afresh.`;
    throw new StoreError('STORE_CORRUPT', message);
  }
  database.exec(`
    CREATE TABLE IF NOT EXISTS documents (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      collection TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL,
      UNIQUE (collection, id)
    ) STRICT;
    PRAGMA user_version = ${VERSION};
  `);
}

/**
 * Opens a file, and makes it and its folder where they are missing.
 *
 * @throws {StoreError} `STORE_LOCKED`, `STORE_CORRUPT` or `STORE_UNAVAILABLE`; the file is left as it is.
 */
export function openDocuments(path: string): Documents {
  function guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, path);
    }
  }

  const database = guard(() => {
    mkdirSync(dirname(path), { recursive: true });
    // For its owner only: what people keep is in it. SQLite's files beside it take after it.
    closeSync(openSync(path, 'a', 0o600));
    const opened = new DatabaseSync(path);
    try {
      // Not by an option, nor `isOpen` and `isTransaction` below: the oldest Node that we support has none of them.
      opened.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
      prepare(opened, path);
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  });
  const select = database.prepare(
    'SELECT id, json FROM documents WHERE collection = ? ORDER BY position',
  );
  const upsert = database.prepare(
    'INSERT INTO documents (collection, id, json) VALUES (?, ?, ?) ON CONFLICT (collection, id) DO UPDATE SET json = excluded.json',
  );
  const erase = database.prepare('DELETE FROM documents WHERE collection = ? AND id = ?');
  const dataVersion = database.prepare('PRAGMA data_version');
  let seen = dataVersion.get()?.data_version;

  function parse(json: string, id: string): unknown {
    try {
      return JSON.parse(json);
    } catch (error) {
      const message = `"${path}" holds a document (${id}) that is no JSON. It was left as it is: restore a copy.`;
      throw new StoreError('STORE_CORRUPT', message, { cause: error });
    }
  }

  let isOpen = true;
  /** SQLite has ended the transaction by itself after some errors, such as a full disk. */
  function rollBack(): void {
    try {
      database.exec('ROLLBACK');
    } catch {
      // The first error says more.
    }
  }

  return {
    all: (collection) =>
      guard(() =>
        select.all(collection).map((row) => {
          const id = String(row.id);
          return { id, value: parse(String(row.json), id) };
        }),
      ),
    write: (collection, put, remove = []) =>
      guard(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          for (const { id, value } of put) upsert.run(collection, id, JSON.stringify(value));
          for (const id of remove) erase.run(collection, id);
          database.exec('COMMIT');
        } catch (error) {
          rollBack();
          throw error;
        }
      }),
    changedElsewhere: () =>
      guard(() => {
        const now = dataVersion.get()?.data_version;
        const changed = now !== seen;
        seen = now;
        return changed;
      }),
    close: () => {
      if (isOpen) database.close();
      isOpen = false;
    },
  };
}
