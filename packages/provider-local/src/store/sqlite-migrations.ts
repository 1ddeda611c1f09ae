import type { DatabaseSync } from 'node:sqlite';

/** Marks a file as ours in its header (`PRAGMA application_id`): "PCLS". */
const APPLICATION_ID = 0x50434c53;

/** One step from a version of the schema to the next. Never edited once published: a file may stand at any of them. */
const migrations: readonly string[] = [
  `CREATE TABLE records (
     id TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     payload TEXT NOT NULL,
     expires_at REAL,
     consumed_at REAL,
     grant_name TEXT,
     alias TEXT
   ) STRICT;
   CREATE INDEX records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
   CREATE INDEX records_by_grant ON records (grant_name) WHERE grant_name IS NOT NULL;
   CREATE INDEX records_by_alias ON records (alias) WHERE alias IS NOT NULL;`,
];

/** The version of the schema that this code reads and writes. */
export const SCHEMA_VERSION: number = migrations.length;

/** Why a database was left as it is. */
export type MigrationRefusal =
  | { readonly kind: 'foreign' }
  | { readonly kind: 'newer'; readonly version: number };

/**
 * Brings a database to {@link SCHEMA_VERSION}. Takes the write lock first, so that of several processes one migrates
 * and the others find it done; all steps happen or none.
 *
 * @returns A refusal, with nothing changed, when the file belongs to another program or to a newer version of this one.
 */
export function migrate(database: DatabaseSync, now: number): MigrationRefusal | undefined {
  database.exec('BEGIN IMMEDIATE');
  let done = false;
  try {
    const refusal = migrateLocked(database, now);
    done = refusal === undefined;
    return refusal;
  } finally {
    database.exec(done ? 'COMMIT' : 'ROLLBACK');
  }
}

function migrateLocked(database: DatabaseSync, now: number): MigrationRefusal | undefined {
  const owner = database.prepare('PRAGMA application_id').get()?.application_id;
  if (owner !== APPLICATION_ID) {
    const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.count;
    if (owner !== 0 || tables !== 0) return { kind: 'foreign' };
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(
      'CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at REAL NOT NULL) STRICT',
    );
  }
  const found = database.prepare('SELECT max(version) AS version FROM schema_version').get();
  const version = Number(found?.version ?? 0);
  if (version > SCHEMA_VERSION) return { kind: 'newer', version };

  const record = database.prepare('INSERT INTO schema_version (version, applied_at) VALUES (?, ?)');
  for (const [index, statements] of migrations.slice(version).entries()) {
    database.exec(statements);
    record.run(version + index + 1, now);
  }
  return undefined;
}
