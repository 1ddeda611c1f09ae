import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A schema name that nothing else uses. {@link dropSchemas} drops every one that was given out. */
export function freshSchema(): string {
  const schema = `test_${randomBytes(8).toString('hex')}`;
  given.push(schema);
  return schema;
}

/** Runs one statement on a connection of its own. */
export async function onPostgres(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

export async function dropSchemas(url: string): Promise<void> {
  for (const schema of given.splice(0)) {
    await onPostgres(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  }
}

const given: string[] = [];
