import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
import { migrate, SCHEMA_VERSION } from './postgres-migrations.js';
import type { PostgresPool, PostgresQueryable } from './postgres-pool.js';

/** How long a process waits for another one that migrates, in milliseconds. */
const MIGRATION_WAIT_MS = 60_000;

/** The oldest PostgreSQL that we promise anything for. */
const OLDEST_SERVER = 130_000;

/**
 * Checks that a database can keep what the store promises, and brings its schema up to date.
 *
 * @throws {ConfigurationError} naming every reason why it cannot; the database is then unchanged. What `pg` throws passes through.
 */
export async function prepareDatabase(pool: PostgresPool, schema: string): Promise<void> {
  const connection = await pool.connect();
  // The statement that runs reports a break; without a listener it would end the process as well.
  connection.on('error', () => {});
  const client: PostgresQueryable = {
    query: (statement) => connection.query({ ...statement, query_timeout: MIGRATION_WAIT_MS }),
  };
  let usable = false;
  try {
    const problems = await serverProblems(client);
    if (problems.length > 0) throw new ConfigurationError(problems);

    const refusal = await migrate(client, schema, MIGRATION_WAIT_MS);
    usable = true;
    if (refusal?.kind === 'foreign') {
      throw schemaError(
        `"${schema}" holds tables of another program; it was left as it is.`,
        'Name another schema.',
      );
    }
    if (refusal?.kind === 'newer') {
      throw schemaError(
        `"${schema}" has version ${refusal.version}, and this package knows ${SCHEMA_VERSION}; it was left as it is.`,
        'Update @portcullis/provider-local, or name another schema.',
      );
    }
  } finally {
    // A connection on which something went wrong is not given to anybody else.
    connection.release(!usable);
  }
}

async function serverProblems(client: PostgresQueryable): Promise<readonly ConfigurationProblem[]> {
  const { rows } = await client.query({
    text: `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
             pg_is_in_recovery() OR current_setting('transaction_read_only')::bool AS read_only`,
  });
  const { version, encoding, read_only: readOnly } = rows[0] ?? {};
  const problem = (text: string, remedy: string) => ({
    option: 'postgresStore',
    problem: text,
    remedy,
  });
  return [
    ...(Number(version) >= OLDEST_SERVER
      ? []
      : [problem('needs PostgreSQL 13 or newer.', 'Update the server.')]),
    ...(encoding === 'UTF8'
      ? []
      : [
          problem(
            `needs a database in UTF8; this one is in ${String(encoding)}.`,
            "Create it with ENCODING 'UTF8'.",
          ),
        ]),
    ...(readOnly === true
      ? [problem('must be able to write; this server is read-only.', 'Name the primary.')]
      : []),
  ];
}

function schemaError(problem: string, remedy: string): ConfigurationError {
  return new ConfigurationError([{ option: 'postgresStore.schema', problem, remedy }]);
}
