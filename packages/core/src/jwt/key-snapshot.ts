import { type KeySet, readKeySet } from './key-set.js';

/**
 * Keeps the last good key set over a restart. Whoever can write there decides whose tokens are good: it must be as safe as the program.
 */
export interface KeySnapshotStore {
  /** What was written last; `undefined` where nothing was. */
  read(): Promise<string | undefined>;
  /** Replaces what was there, whole or not at all. */
  write(snapshot: string): Promise<void>;
}

/** A key set, and when the issuer published it. */
export interface DatedKeySet {
  readonly set: KeySet;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Writes a JWK Set down.
 *
 * @param source - Whose keys these are: the issuer, or the address of the set.
 * @param at - When it was fetched, in milliseconds since the epoch.
 */
export function toSnapshot(source: string, document: unknown, at: number): string {
  return JSON.stringify({ version: 1, source, at, document });
}

/** Reads what {@link toSnapshot} wrote. `undefined` for anything else, and for the keys of another source. */
export function fromSnapshot(source: string, snapshot: string): DatedKeySet | undefined {
  const written = parsed(snapshot);
  if (written.version !== 1 || written.source !== source) return undefined;
  const { at, document } = written;
  const set = readKeySet(document);
  return typeof at === 'number' && typeof set !== 'string' ? { set, at } : undefined;
}

/** The members of a JSON object; none of anything else. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}
