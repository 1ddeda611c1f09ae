import { z } from 'zod';
import { parseTicker } from '../news/ticker.js';
import { openCollection } from '../persistence/collection.js';

/** Some tickers under a name. */
interface Watchlist {
  readonly name: string;
  /** Sorted, no duplicates. */
  readonly tickers: readonly string[];
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Watchlists, each owner's apart from the others'. At most 50 an owner, 100 tickers each; one without tickers is not kept. */
export interface WatchlistStore {
  get(owner: string, name: string): Watchlist | undefined;
  /** By name. */
  list(owner: string): readonly Watchlist[];
  /**
   * Adds, then removes. A list is there from its first ticker to its last. The same edit twice changes nothing more.
   *
   * @throws {RangeError} on a bad name or ticker, or one list or ticker too many; nothing changes then.
   * @throws {StoreError} when the file cannot be written.
   */
  edit(owner: string, name: string, change: WatchlistChange): Watchlist;
  close(): void;
}

/** What to change in a list. */
interface WatchlistChange {
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

const MAX_LISTS = 50;
const MAX_TICKERS = 100;
/** What a list may be called: it stands in `finance://watchlists/{name}`, so nothing that a URI would escape. */
export const listName = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

const stored: z.ZodType<Watchlist & { readonly owner: string }> = z.object({
  owner: z.string(),
  name: z.string(),
  tickers: z.array(z.string()),
  updatedAt: z.iso.datetime(),
});

function parseTickers(texts: readonly string[] = []): readonly string[] {
  return texts.map((text) => {
    const ticker = parseTicker(text);
    if (!ticker) throw new RangeError('A ticker has characters that no ticker has.');
    return ticker;
  });
}

/** The two parts as JSON, so that no owner's name can run into a list's. */
function keyOf(owner: string, name: string): string {
  return JSON.stringify([owner, name.toLowerCase()]);
}

/** Opens the watchlists. Names differ by more than case. @throws {StoreError} when the file cannot be used; it is left as it is. */
export function createWatchlistStore(options: WatchlistStoreOptions = {}): WatchlistStore {
  const { path, clock = Date.now } = options;
  const lists = openCollection('watchlists', path, stored);

  function ofOwner(owner: string): readonly Watchlist[] {
    return [...lists.values().values()]
      .filter((list) => list.owner === owner)
      .map(({ name, tickers, updatedAt }) => ({ name, tickers, updatedAt }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  function find(owner: string, name: string): Watchlist | undefined {
    return ofOwner(owner).find((list) => list.name.toLowerCase() === name.toLowerCase());
  }

  return {
    get: find,
    list: ofOwner,
    edit: (owner, name, { add, remove }) => {
      if (!listName.test(name)) {
        throw new RangeError(
          'A name has 1 to 64 letters, digits, "-" or "_", and begins with a letter or digit.',
        );
      }
      const now = find(owner, name);
      const wanted = new Set([...(now?.tickers ?? []), ...parseTickers(add)]);
      for (const ticker of parseTickers(remove)) wanted.delete(ticker);
      if (wanted.size > MAX_TICKERS)
        throw new RangeError(`A watchlist has at most ${MAX_TICKERS} tickers.`);
      if (!now && wanted.size > 0 && ofOwner(owner).length >= MAX_LISTS)
        throw new RangeError(
          `There are ${MAX_LISTS} watchlists already. Remove all tickers of one to make room.`,
        );
      const tickers = [...wanted].sort();
      if (now && now.tickers.join() === tickers.join()) return now;
      const changed = {
        name: now?.name ?? name,
        tickers,
        updatedAt: new Date(clock()).toISOString(),
      };
      const key = keyOf(owner, name);
      if (tickers.length > 0) lists.write(new Map([[key, { owner, ...changed }]]));
      else if (now) lists.write(new Map(), [key]);
      return changed;
    },
    close: () => lists.close(),
  };
}
