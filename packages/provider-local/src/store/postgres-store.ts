import { AuthError, ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore, StoredRecord } from './local-store.js';
import { isCollision, outage, startFailure } from './postgres-errors.js';
import { optionProblems, type PostgresStoreOptions } from './postgres-options.js';
import { openPool, type PostgresPool } from './postgres-pool.js';
import { prepareDatabase } from './postgres-start.js';
import { type NamedStatement, postgresStatements } from './postgres-statements.js';
import { recordName } from './record-id.js';
import { decodePayload, encodePayload } from './record-payload.js';

export type { PostgresStoreOptions } from './postgres-options.js';
export type {
  PostgresConnection,
  PostgresPool,
  PostgresQueryable,
  PostgresStatement,
} from './postgres-pool.js';

/** How often a statement is sent that PostgreSQL undoes because another one got in its way. */
const TRIES = 5;

/**
 * A store in a PostgreSQL database (13 or newer), for several processes behind one address.
 *
 * Resolves when the database was reached and its schema is up to date. Each step is one statement and so one transaction: of any
 * number of processes one consumes a record. Ids are kept as hashes; payloads are NOT encrypted, see `encryptedStore`. A step whose
 * connection breaks rejects and is not sent again, since nobody can tell whether it happened.
 *
 * Does NOT check that the server is durable: with `fsync` or `synchronous_commit` off, or after a failover to a replica that lagged,
 * a used code may be usable again until it expires.
 *
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` for wrong options, a refused login, a missing right, a server that is too old
 *   or read-only, a schema of another program or of a newer version.
 * @throws {ProviderUnavailableError} `PROVIDER_UNAVAILABLE` when the server cannot be reached; later steps reject with it too.
 */
export async function postgresStore(options: PostgresStoreOptions): Promise<LocalStore> {
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const {
    connectionString = '',
    schema = 'portcullis',
    maxConnections = 10,
    timeoutMs = 5000,
    now = () => Date.now() / 1000,
  } = options;

  const own = options.pool ? undefined : openPool(connectionString, maxConnections, timeoutMs);
  const pool = (options.pool ?? own) as PostgresPool;
  const { ask, close } = createAsking(pool, timeoutMs, async () => own?.end());
  try {
    await prepareDatabase(pool, schema);
  } catch (error) {
    await close();
    if (AuthError.isInstance(error)) throw error;
    throw startFailure(
      options.pool ? 'postgresStore.pool' : 'postgresStore.connectionString',
      error,
    );
  }

  const statements = postgresStatements(schema);

  async function underAlias(kind: string, alias: string, limit: number): Promise<StoredRecord[]> {
    const values = [recordName('alias', kind, alias), now(), limit];
    const { rows } = await ask(statements.listByAlias, values);
    return rows.map((row) => toRecord(row)).filter((record) => record !== undefined);
  }

  return {
    async read(kind, id) {
      const { rows } = await ask(statements.read, [recordName('id', kind, id), now()]);
      return toRecord(rows[0], id);
    },
    readByAlias: async (kind, alias) => (await underAlias(kind, alias, 1))[0],
    listByAlias: underAlias,
    async write(kind, id, payload, { expiresAt, grantId, alias } = {}) {
      await ask(statements.write, [
        recordName('id', kind, id),
        kind,
        encodePayload(id, payload),
        expiresAt ?? null,
        grantId === undefined ? null : recordName('grant', '', grantId),
        alias === undefined ? null : recordName('alias', kind, alias),
      ]);
    },
    async consume(kind, id, at) {
      return (await ask(statements.consume, [at, recordName('id', kind, id)])).rowCount === 1;
    },
    async insertIfAbsent(kind, id, expiresAt, payload = {}) {
      const text = encodePayload(id, payload);
      const values = [recordName('id', kind, id), kind, text, expiresAt, now()];
      return (await ask(statements.insertIfAbsent, values)).rowCount === 1;
    },
    async replace(kind, id, expected, payload) {
      const [before, after] = [encodePayload(id, expected), encodePayload(id, payload)];
      const values = [after, recordName('id', kind, id), before, now()];
      return (await ask(statements.replace, values)).rowCount === 1;
    },
    async remove(kind, id) {
      await ask(statements.remove, [recordName('id', kind, id)]);
    },
    async removeGrant(grantId) {
      await ask(statements.removeGrant, [recordName('grant', '', grantId)]);
    },
    async sweep(at, limit) {
      return (await ask(statements.sweep, [at, limit])).rowCount ?? 0;
    },
    close,
  };
}

/** Sends statements for as long as the store is open, and turns what goes wrong into an outage. */
function createAsking(pool: PostgresPool, timeoutMs: number, end: () => Promise<void>) {
  let closing: Promise<void> | undefined;

  async function ask({ name, text }: NamedStatement, values: unknown[]) {
    if (closing) throw new ProviderUnavailableError('The PostgreSQL store is closed.');
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await pool.query({ name, text, values, query_timeout: timeoutMs });
      } catch (error) {
        if (attempt === TRIES || !isCollision(error)) throw outage(error);
      }
    }
  }
  return {
    ask,
    close: () => {
      closing ??= end();
      return closing;
    },
  };
}

function toRecord(row: Record<string, unknown> | undefined, id?: string): StoredRecord | undefined {
  if (!row) return undefined;
  const payload = readPayload(String(row.payload), id);
  const consumedAt = row.consumed_at;
  return typeof consumedAt === 'number' ? { payload, consumedAt } : { payload };
}

function readPayload(text: string, id?: string): StoredRecord['payload'] {
  try {
    return decodePayload(text, id);
  } catch (error) {
    throw outage(error);
  }
}
