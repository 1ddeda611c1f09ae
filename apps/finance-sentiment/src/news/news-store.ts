import { openCollection } from '../persistence/collection.js';
import type { SentimentEngine } from '../sentiment/engine.js';
import { rulesEngine } from '../sentiment/rules-engine.js';
import type { SentimentLabel } from '../sentiment/sentiment.js';
import { type Pace, unhurried } from '../workflows/pace.js';
import { companies } from './corpus/companies.js';
import { corpusAsOf, corpusNotice } from './corpus/corpus.js';
import { corpusItems, corpusShift, movedBy } from './corpus-items.js';
import { DAY } from './dates.js';
import { type ImportReport, type ImportText, importNews } from './import-news.js';
import { keyOf } from './imported-row.js';
import { type Company, type NewsItem, newsItemSchema } from './news-item.js';
import { scoreItems } from './score-item.js';
import { searchNews } from './search-news.js';

/** What to look for. Every part that is given must match. */
export interface NewsQuery {
  /** Words that must all begin a word of title, summary, source, ticker or company name; at most 200 characters. */
  readonly query?: string;
  /** At least one of these. */
  readonly tickers?: readonly string[];
  /** ISO date or date-time, inclusive. */
  readonly from?: string;
  /** ISO date-time, inclusive; a date alone means to the end of that day (UTC). */
  readonly to?: string;
  readonly label?: SentimentLabel;
  /** From 1. Default 1. */
  readonly page?: number;
  /** 1 to 100. Default 20. */
  readonly pageSize?: number;
}

/** One page of what was found, newest first. */
export interface NewsPage {
  readonly items: readonly NewsItem[];
  /** Over all pages. */
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
  readonly pages: number;
}

/** What the store holds. */
interface NewsManifest {
  /** The moment the data speaks of: the later of the corpus's own date and the newest import. ISO. */
  readonly asOf: string;
  /** Publication of the oldest item. ISO. */
  readonly from: string;
  /** Publication of the newest item. ISO. */
  readonly to: string;
  readonly items: number;
  readonly corpusItems: number;
  readonly importedItems: number;
  /** Days by which the corpus was moved towards today; 0 unless asked for. */
  readonly shiftedDays: number;
  /** The invented companies, and how many items each has. */
  readonly companies: readonly (Company & { readonly items: number })[];
  readonly counts: Readonly<Record<SentimentLabel, number>>;
  /** The one that runs now; an imported item may carry another until `backfill-scores`. */
  readonly engine: string;
  readonly notice: string;
}

/** What a rescoring did. */
export interface RescoreReport {
  readonly examined: number;
  readonly rescored: number;
  readonly changed: readonly {
    readonly id: string;
    readonly before: SentimentLabel;
    readonly after: SentimentLabel;
  }[];
}

/** What to score again. */
interface RescoreOptions {
  readonly force?: boolean;
  /** Default: both. */
  readonly origin?: NewsItem['origin'];
  readonly tickers?: readonly string[];
  readonly pace?: Pace;
}

/** Headlines in memory: the embedded corpus, and imports that outlive a restart where a path is given. */
export interface NewsStore {
  /** Out-of-range pages are empty. @throws {RangeError} on a bad date, page or page size. */
  search(query: NewsQuery): NewsPage;
  get(id: string): NewsItem | undefined;
  /** Newest first, at most 500. An unknown ticker gives an empty list. */
  byTicker(ticker: string): readonly NewsItem[];
  /** All items published in a span, newest first. Milliseconds since the epoch, both inclusive. */
  between(from: number, to: number): readonly NewsItem[];
  /**
   * Takes in good rows and reports the others; never throws for what is wrong with the text.
   *
   * @throws {StoreError} when the file cannot be written, and whatever the engine throws; nothing is imported then.
   */
  import(text: ImportText): Promise<ImportReport>;
  /**
   * Scores items again that another engine has scored, or other rules, or all with `force`. Nothing changes before all are scored.
   *
   * @param options.pace - Called after every few hundred items. Default: nobody is told.
   * @throws {StoreError} when the file cannot be written, and whatever `pace` or the engine throws.
   */
  rescore(options?: RescoreOptions): Promise<RescoreReport>;
  readonly manifest: NewsManifest;
  /** Closes the file, where there is one. */
  close(): void;
}

/** How to open a store. */
export interface NewsStoreOptions {
  /** Scores what is imported. The corpus comes scored by our rules: `rescore` it for another engine. Default: our rules. */
  readonly engine?: SentimentEngine;
  /** SQLite file for imports; made when missing. Without it imports live as long as the process. */
  readonly path?: string;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
  /** Moves the corpus by whole days so that it ends today. Default false. */
  readonly shiftDates?: boolean;
}

/** Most items that {@link NewsStore.byTicker} gives. */
const MAX_BY_TICKER = 500;
/** Most problems that a report lists. */
const MAX_PROBLEMS = 200;
/** Items that are scored again at one go: some five milliseconds of work by our rules. */
const RESCORE_STEP = 250;
/** Most imported items that a store holds. */
const MAX_IMPORTED = 50_000;

/** Counts of the three labels. */
export function countLabels(items: readonly NewsItem[]): Record<SentimentLabel, number> {
  const counts = { positive: 0, negative: 0, neutral: 0 };
  for (const { sentiment } of items) counts[sentiment.label] += 1;
  return counts;
}

/**
 * Opens the news.
 *
 * @throws {StoreError} `STORE_LOCKED`, `STORE_CORRUPT` or `STORE_UNAVAILABLE`; the file is left as it is.
 */
export function createNewsStore(options: NewsStoreOptions = {}): NewsStore {
  const { path, clock = Date.now, shiftDates = false, engine = rulesEngine } = options;
  const imports = openCollection('news', path, newsItemSchema);
  // A server may run for weeks, so the shift is that of the day.
  const shift = () => (shiftDates ? corpusShift(clock()) : 0);
  let embedded = corpusItems();
  let sorted: readonly NewsItem[] = [];
  let sortedFrom = '';

  /** Newest first. Sorted again only when something has changed, or the day where dates shift. */
  function items(): readonly NewsItem[] {
    const values = imports.values();
    const days = shift();
    const stamp = `${imports.revision()} ${days}`;
    if (sortedFrom !== stamp) {
      sorted = [...embedded.map((item) => movedBy(days, item)), ...values.values()].sort(
        (a, b) => b.publishedAt.localeCompare(a.publishedAt) || a.id.localeCompare(b.id),
      );
      sortedFrom = stamp;
    }
    return sorted;
  }

  function manifest(): NewsManifest {
    const all = items();
    const shiftedDays = shift();
    const newest = all[0]?.publishedAt ?? corpusAsOf;
    const asOf = new Date(Date.parse(corpusAsOf) + shiftedDays * DAY).toISOString();
    return {
      asOf: newest.localeCompare(asOf) > 0 ? newest : asOf,
      from: all.at(-1)?.publishedAt ?? asOf,
      to: newest,
      items: all.length,
      corpusItems: embedded.length,
      importedItems: all.length - embedded.length,
      shiftedDays,
      companies: companies.map((company) => ({
        ...company,
        items: all.filter(({ tickers }) => tickers.includes(company.ticker)).length,
      })),
      counts: countLabels(all),
      engine: engine.id,
      notice: corpusNotice,
    };
  }

  async function take(text: ImportText): Promise<ImportReport> {
    const known = new Set(items().map(keyOf));
    const { items: found, duplicates, problems } = importNews(text, known, clock());
    const room = MAX_IMPORTED - imports.values().size;
    if (found.length > room) {
      const problem = `The store holds at most ${MAX_IMPORTED} imported items; nothing was imported.`;
      return { imported: 0, duplicates, ids: [], errors: [{ line: 1, problem }], errorCount: 1 };
    }
    const scored = await scoreItems(engine, found);
    if (scored.length > 0) imports.write(new Map(scored.map((item) => [item.id, item])));
    return {
      imported: found.length,
      duplicates,
      ids: found.map(({ id }) => id),
      errors: problems.slice(0, MAX_PROBLEMS),
      errorCount: problems.length,
    };
  }

  // One at a time: what the first brings is a duplicate in the second.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (text: ImportText) => {
    const report = last.then(() => take(text));
    last = report.catch(() => undefined);
    return report;
  };

  async function rescore(choice: RescoreOptions = {}): Promise<RescoreReport> {
    const { force = false, origin, tickers, pace = unhurried } = choice;
    const examined = items().filter(
      (item) =>
        (!origin || item.origin === origin) &&
        (!tickers || tickers.some((one) => item.tickers.includes(one))),
    );
    const due = examined.filter(({ sentiment }) => force || sentiment.engine !== engine.id);
    const rescored: NewsItem[] = [];
    while (rescored.length < due.length) {
      const next = due.slice(rescored.length, rescored.length + RESCORE_STEP);
      rescored.push(...(await scoreItems(engine, next)));
      await pace(rescored.length, due.length);
    }
    const imported = rescored.filter(({ origin: from }) => from === 'import');
    if (imported.length > 0) imports.write(new Map(imported.map((item) => [item.id, item])));
    const renewed = new Map(rescored.map((item) => [item.id, item]));
    embedded = embedded.map((item) => {
      const { sentiment } = renewed.get(item.id) ?? item;
      return { ...item, sentiment };
    });
    sortedFrom = '';
    const before = new Map(examined.map(({ id, sentiment }) => [id, sentiment.label]));
    return {
      examined: examined.length,
      rescored: rescored.length,
      changed: rescored.flatMap(({ id, sentiment }) => {
        const was = before.get(id) ?? sentiment.label;
        return was === sentiment.label ? [] : [{ id, before: was, after: sentiment.label }];
      }),
    };
  }

  return {
    search: (query) => searchNews(items(), query),
    get: (id) => items().find((item) => item.id === id),
    byTicker: (ticker) =>
      items()
        .filter(({ tickers }) => tickers.includes(ticker))
        .slice(0, MAX_BY_TICKER),
    between: (from, to) =>
      items().filter(({ publishedAt }) => {
        const at = Date.parse(publishedAt);
        return at >= from && at <= to;
      }),
    import: inTurn,
    rescore,
    get manifest() {
      return manifest();
    },
    close: () => imports.close(),
  };
}
