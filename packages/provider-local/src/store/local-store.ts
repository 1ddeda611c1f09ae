/** A record as it is stored: everything the engine knows of it, and whether it has been used up. */
export interface StoredRecord {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Seconds since the epoch at which a single-use record was consumed. */
  readonly consumedAt?: number;
}

/** What is written with a record beside its payload. */
export interface RecordOptions {
  /** Seconds since the epoch after which the record counts as absent. Default: never. */
  readonly expiresAt?: number;
  /** The grant that the record belongs to: {@link LocalStore.removeGrant} removes them together. */
  readonly grantId?: string;
  /** A second name under which the record is found. */
  readonly alias?: string;
}

/**
 * What the authorization server asks of a database: a few steps, four of them atomic. `kind` is the type of a record (`AccessToken`,
 * `Client`, …), `id` its secret or name.
 *
 * A store keeps no `id` in the clear, since for codes and refresh tokens the id is the secret. An expired record counts as absent
 * in every step. Rejects with an error that names the store when the database cannot be asked, and then has changed nothing.
 */
export interface LocalStore {
  read(kind: string, id: string): Promise<StoredRecord | undefined>;
  /** The youngest record under an alias. */
  readByAlias(kind: string, alias: string): Promise<StoredRecord | undefined>;
  /** At most `limit` records under an alias, the youngest first. */
  listByAlias(kind: string, alias: string, limit: number): Promise<readonly StoredRecord[]>;
  /** Inserts or replaces. Replacing never revives a consumed record: `consumedAt` stays. */
  write(
    kind: string,
    id: string,
    payload: StoredRecord['payload'],
    options?: RecordOptions,
  ): Promise<void>;
  /** ATOMIC across processes: `true` for exactly one caller ever, `false` for every other and for an absent record. */
  consume(kind: string, id: string, now: number): Promise<boolean>;
  /** ATOMIC across processes: `true` for exactly the first caller, until the record expires. Default payload: empty. */
  insertIfAbsent(
    kind: string,
    id: string,
    expiresAt: number,
    payload?: StoredRecord['payload'],
  ): Promise<boolean>;
  /** ATOMIC across processes: puts one payload in the place of another and keeps the rest; `false` where another one is there, or none. */
  replace(
    kind: string,
    id: string,
    expected: StoredRecord['payload'],
    payload: StoredRecord['payload'],
  ): Promise<boolean>;
  remove(kind: string, id: string): Promise<void>;
  /** ATOMIC: removes every record of a grant. */
  removeGrant(grantId: string): Promise<void>;
  /** Removes at most `limit` expired records, and says how many; always 0 where the database removes them by itself. */
  sweep(now: number, limit: number): Promise<number>;
  close(): Promise<void>;
}
