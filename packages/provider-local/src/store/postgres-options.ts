import type { ConfigurationProblem } from '@portcullis/core';
import { wholeNumberProblems } from '../whole-number.js';
import type { PostgresPool } from './postgres-pool.js';

/** Settings of `postgresStore`: one of `connectionString` and `pool`, and what differs from the defaults. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:5432/database`, with `?sslmode=verify-full` beyond this machine. The store keeps a pool of its own. */
  readonly connectionString?: string;
  /** A `Pool` of `pg` that you keep: {@link LocalStore.close} leaves it open, its limits and its TLS are yours. */
  readonly pool?: PostgresPool;
  /** The schema for the tables, created when absent: a lower-case identifier. Default `portcullis`. */
  readonly schema?: string;
  /** Connections of the store's own pool, 1 to 100. Default 10. */
  readonly maxConnections?: number;
  /** How long a step waits for a connection, and then for its answer, in milliseconds, 10 to 60,000. Default 5,000. */
  readonly timeoutMs?: number;
  /** Seconds since the epoch, for the expiry of records. Default: the clock of this machine. */
  readonly now?: () => number;
}

/** Everything that is wrong with the settings. Repeats no connection string, since it holds a password. */
export function optionProblems(options: PostgresStoreOptions): readonly ConfigurationProblem[] {
  const { connectionString, pool, schema, maxConnections, timeoutMs } = options;
  return [
    ...((connectionString === undefined) === (pool === undefined)
      ? [
          {
            option: 'postgresStore',
            problem: 'needs either "connectionString" or "pool".',
            remedy: 'Give one of them.',
          },
        ]
      : []),
    ...(connectionString === undefined || isPostgresUrl(connectionString)
      ? []
      : [
          {
            option: 'postgresStore.connectionString',
            problem: 'must be a URL that begins with postgres: or postgresql:.',
            remedy:
              'Write postgres://user:password@host:5432/database, with special characters percent-encoded; for anything else give a "pool".',
          },
        ]),
    ...(schema === undefined || /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/.test(schema)
      ? []
      : [
          {
            option: 'postgresStore.schema',
            problem: `must be a lower-case identifier that does not begin with pg_; got ${JSON.stringify(schema)}.`,
            remedy: 'Leave it out for "portcullis".',
          },
        ]),
    ...wholeNumberProblems(
      'postgresStore.maxConnections',
      maxConnections,
      [1, 100],
      'Leave it out for the default.',
    ),
    ...wholeNumberProblems(
      'postgresStore.timeoutMs',
      timeoutMs,
      [10, 60_000],
      'Leave it out for the default.',
    ),
  ];
}

function isPostgresUrl(text: unknown): boolean {
  if (typeof text !== 'string' || !URL.canParse(text)) return false;
  return ['postgres:', 'postgresql:'].includes(new URL(text).protocol);
}
