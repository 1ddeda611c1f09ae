import pg from 'pg';

/** One statement, as `pg` takes it. */
export interface PostgresStatement {
  readonly text: string;
  readonly values?: unknown[];
  /** Prepared once on a connection and known there by this name. */
  readonly name?: string;
  /** Milliseconds after which the answer is not waited for any longer. */
  readonly query_timeout?: number;
}

/** What answers statements. */
export interface PostgresQueryable {
  query(statement: PostgresStatement): Promise<{
    readonly rows: readonly Record<string, unknown>[];
    readonly rowCount: number | null;
  }>;
}

/** A connection that was taken from a pool. */
export interface PostgresConnection extends PostgresQueryable {
  release(destroy?: boolean): void;
  /** Told when the connection breaks. */
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** What the store needs of a pool; a `Pool` of `pg` is one. */
export interface PostgresPool extends PostgresQueryable {
  connect(): Promise<PostgresConnection>;
}

/** A pool of our own, with every wait bounded by `timeoutMs`. Connects when it is first asked. */
export function openPool(
  connectionString: string,
  maxConnections: number,
  timeoutMs: number,
): PostgresPool & { end(): Promise<void> } {
  const pool = new pg.Pool({
    connectionString,
    max: maxConnections,
    application_name: 'portcullis',
    // The wait for a free connection counts too.
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    idle_in_transaction_session_timeout: timeoutMs,
    keepAlive: true,
  });
  // An idle connection that breaks leaves the pool; without a listener it would end the process.
  pool.on('error', () => {});
  return pool;
}
