/** Some tickers under a name. */
export interface Watchlist {
  readonly name: string;
  /** Sorted, no duplicates. */
  readonly tickers: readonly string[];
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Watchlists, each owner's apart from the others'. At most 50 an owner, 100 tickers each. */
export interface WatchlistStore {
  get(owner: string, name: string): Watchlist | undefined;
  /** By name. */
  list(owner: string): readonly Watchlist[];
  /**
   * Adds, then removes; makes the list when it is not there. The same edit twice changes nothing more.
   *
   * @throws {RangeError} on a bad name or ticker, or one list or ticker too many; nothing changes then.
   * @throws {StoreError} when the file cannot be written.
   */
  edit(owner: string, name: string, change: WatchlistChange): Watchlist;
  /** Whether there was one. */
  delete(owner: string, name: string): boolean;
  close(): void;
}

/** What to change in a list. */
export interface WatchlistChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** How to open a store. */
export interface WatchlistStoreOptions {
  /** SQLite file, made when missing; may be shared with the other stores. */
  readonly path?: string;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}
