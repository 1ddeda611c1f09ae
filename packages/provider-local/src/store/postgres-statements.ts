import { createHash } from 'node:crypto';

/** A statement of the store, without its values. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/** The statements of {@link postgresStatements}, by what they do. */
export type PostgresStatements = Readonly<
  Record<
    | 'read'
    | 'listByAlias'
    | 'write'
    | 'consume'
    | 'insertIfAbsent'
    | 'replace'
    | 'remove'
    | 'removeGrant'
    | 'sweep',
    NamedStatement
  >
>;

/** Each is one statement, and so one transaction: nothing is read first and written later. */
export function postgresStatements(schema: string): PostgresStatements {
  const records = `"${schema}".records`;
  return {
    read: named(
      `SELECT payload, consumed_at FROM ${records}
        WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)`,
    ),
    listByAlias: named(
      `SELECT payload, consumed_at FROM ${records}
        WHERE alias = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY written DESC LIMIT $3`,
    ),
    // `consumed_at` is not among what is replaced: a used record stays used.
    write: named(
      `INSERT INTO ${records} (id, kind, payload, expires_at, grant_name, alias)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
           grant_name = excluded.grant_name, alias = excluded.alias`,
    ),
    // A second caller waits for the row of the first, then looks again and finds it consumed.
    consume: named(
      `UPDATE ${records} SET consumed_at = $1
        WHERE id = $2 AND consumed_at IS NULL AND (expires_at IS NULL OR expires_at > $1)`,
    ),
    insertIfAbsent: named(
      `INSERT INTO ${records} AS found (id, kind, payload, expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at,
           consumed_at = NULL, grant_name = NULL, alias = NULL
         WHERE found.expires_at <= $5`,
    ),
    replace: named(
      `UPDATE ${records} SET payload = $1
        WHERE id = $2 AND payload = $3 AND (expires_at IS NULL OR expires_at > $4)`,
    ),
    remove: named(`DELETE FROM ${records} WHERE id = $1`),
    removeGrant: named(`DELETE FROM ${records} WHERE grant_name = $1`),
    // An array is worked out once; a joined subquery with a limit may run again and again. Locked rows are somebody else's.
    sweep: named(
      `DELETE FROM ${records} WHERE id = ANY(ARRAY(
         SELECT id FROM ${records} WHERE expires_at <= $1
          ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    ),
  };
}

/** The name follows from the text: two stores on one pool never give one name to two statements. */
function named(text: string): NamedStatement {
  return { name: `pcls_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text };
}
