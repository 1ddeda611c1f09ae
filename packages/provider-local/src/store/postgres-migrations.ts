import type { PostgresQueryable } from './postgres-pool.js';

/** One step from a version of the schema to the next. Never edited once published: a database may stand at any of them. */
const migrations: readonly ((schema: string) => string)[] = [
  // Text and not jsonb, which cannot hold \u0000 and parses what only we read.
  (schema) =>
    `CREATE TABLE "${schema}".records (
       id text COLLATE "C" PRIMARY KEY,
       kind text NOT NULL,
       payload text NOT NULL,
       expires_at double precision,
       consumed_at double precision,
       grant_name text COLLATE "C",
       alias text COLLATE "C",
       written bigint GENERATED ALWAYS AS IDENTITY
     );
     CREATE INDEX records_by_expiry ON "${schema}".records (expires_at) WHERE expires_at IS NOT NULL;
     CREATE INDEX records_by_grant ON "${schema}".records (grant_name) WHERE grant_name IS NOT NULL;
     CREATE INDEX records_by_alias ON "${schema}".records (alias) WHERE alias IS NOT NULL`,
];

/** The version of the schema that this code reads and writes. */
export const SCHEMA_VERSION: number = migrations.length;

/** Why a schema was left as it is. */
export type MigrationRefusal =
  | { readonly kind: 'foreign' }
  | { readonly kind: 'newer'; readonly version: number };

/**
 * Brings a schema to {@link SCHEMA_VERSION}. Takes an advisory lock first, so that of several processes one migrates and the others
 * find it done; all steps happen or none. Where nothing is to be done, the role needs no right to create anything.
 *
 * @param schema - A plain lower-case identifier: it becomes part of statements, in quotes.
 * @param timeoutMs - How long to wait for another process that migrates.
 * @returns A refusal, with nothing changed, when the schema belongs to another program or to a newer version of this one.
 */
export async function migrate(
  client: PostgresQueryable,
  schema: string,
  timeoutMs: number,
): Promise<MigrationRefusal | undefined> {
  await client.query({ text: 'BEGIN ISOLATION LEVEL READ COMMITTED' });
  let done = false;
  try {
    await client.query({ text: `SET LOCAL statement_timeout = ${timeoutMs}` });
    await client.query({
      text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
      values: [`portcullis:${schema}`],
    });
    const refusal = await migrateLocked(client, schema);
    done = refusal === undefined;
    return refusal;
  } finally {
    await client.query({ text: done ? 'COMMIT' : 'ROLLBACK' });
  }
}

async function migrateLocked(
  client: PostgresQueryable,
  schema: string,
): Promise<MigrationRefusal | undefined> {
  const run = (text: string, values: unknown[] = []) => client.query({ text, values });
  const { rows } = await run(
    `SELECT to_regnamespace($1) IS NOT NULL AS there, to_regclass($1 || '.schema_version') IS NOT NULL AS ours,
       EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace($1)) AS used`,
    [schema],
  );
  if (rows[0]?.used && !rows[0].ours) return { kind: 'foreign' };
  if (!rows[0]?.there) await run(`CREATE SCHEMA "${schema}"`);
  if (!rows[0]?.ours) {
    await run(
      `CREATE TABLE "${schema}".schema_version
         (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
  }
  const found = await run(`SELECT max(version) AS version FROM "${schema}".schema_version`);
  const version = Number(found.rows[0]?.version ?? 0);
  if (version > SCHEMA_VERSION) return { kind: 'newer', version };

  for (const [index, statements] of migrations.slice(version).entries()) {
    // Without values a text may hold several statements.
    await client.query({ text: statements(schema) });
    await run(`INSERT INTO "${schema}".schema_version (version) VALUES ($1)`, [
      version + index + 1,
    ]);
  }
  return undefined;
}
