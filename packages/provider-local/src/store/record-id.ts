import { hash } from 'node:crypto';

/** What a hashed name is the name of; keeps a code, an alias and a grant of the same spelling apart. */
export type RecordNameUse = 'id' | 'alias' | 'grant';

/**
 * The name under which a store keeps a record: a SHA-256, since for codes, refresh tokens and sessions the id is the secret,
 * and a copy of the database must not be a bunch of keys. Not salted: ids have at least 128 random bits.
 *
 * @param kind - Type of the record; the empty string for a grant, which spans kinds.
 * @returns 43 characters, base64url.
 */
export function recordName(use: RecordNameUse, kind: string, name: string): string {
  // Lengths cannot shift between the parts: NUL is in neither a use nor a kind.
  return hash('sha256', `${use}\0${kind}\0${name}`, 'base64url');
}
