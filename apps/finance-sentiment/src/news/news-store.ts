import type { SentimentLabel } from '../sentiment/sentiment.js';
import type { ImportFormat, ImportReport } from './import-news.js';
import type { Company, NewsItem } from './news-item.js';

/** What to look for. Every part that is given must match. */
export interface NewsQuery {
  /** Words that must all occur in title, summary, source, ticker or company name; case does not matter. */
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
export interface NewsManifest {
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
  /** Of the engine that runs now; an item may carry an older one until `backfill-scores`. */
  readonly rulesVersion: string;
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

/** Headlines in memory: the embedded corpus, and imports that outlive a restart where a path is given. */
export interface NewsStore {
  /** Out-of-range pages are empty. @throws {RangeError} on a bad date, page or page size. */
  search(query: NewsQuery): NewsPage;
  get(id: string): NewsItem | undefined;
  /** Newest first, at most 500. An unknown ticker gives an empty list. */
  byTicker(ticker: string): readonly NewsItem[];
  /**
   * Takes in good rows and reports the others; never throws for what is wrong with the text.
   *
   * @throws {StoreError} when the file cannot be written; nothing is imported then.
   */
  import(text: string, format: ImportFormat): ImportReport;
  /** Scores items again whose rules are older than ours, or all with `force`. @throws {StoreError} */
  rescore(options?: {
    readonly force?: boolean;
    readonly tickers?: readonly string[];
  }): RescoreReport;
  readonly manifest: NewsManifest;
  /** Closes the file, where there is one. */
  close(): void;
}

/** How to open a store. */
export interface NewsStoreOptions {
  /** SQLite file for imports; made when missing. Without it imports live as long as the process. */
  readonly path?: string;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
  /** Moves the corpus by whole days so that it ends today. Default false. */
  readonly shiftDates?: boolean;
}
