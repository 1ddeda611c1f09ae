import { join } from 'node:path';
import type { Config } from './config.js';
import { alphaVantageSource } from './news/alpha-vantage.js';
import { createEmbeddedSource } from './news/embedded-source.js';
import type { NewsSource } from './news/news-source.js';
import { createNewsStore, type NewsStore } from './news/news-store.js';
import type { SentimentEngine } from './sentiment/engine.js';
import { openEngine } from './sentiment/open-engine.js';
import { createReportStore, type ReportStore } from './workflows/report-store.js';
import { createWatchlistStore, type WatchlistStore } from './workflows/watchlist-store.js';

/** Everything the app keeps, beside what the issuer keeps. */
export interface Stores {
  readonly engine: SentimentEngine;
  readonly news: NewsStore;
  readonly source: NewsSource;
  readonly reports: ReportStore;
  readonly watchlists: WatchlistStore;
  close(): void;
}

/**
 * Opens the engine, and one SQLite file for headlines, reports and watchlists.
 *
 * @throws {ConfigurationError} when the engine cannot work.
 * @throws {StoreError} when the file cannot be opened.
 */
export async function openStores(config: Config): Promise<Stores> {
  const engine = await openEngine(config.sentiment);
  const path = join(config.dataDir, 'finance.sqlite');
  const news = createNewsStore({ path, shiftDates: config.shiftDates, engine });
  await news.rescore({ origin: 'corpus' });
  const reports = createReportStore({ path });
  const watchlists = createWatchlistStore({ path });
  const live = config.alphaVantage && alphaVantageSource({ ...config.alphaVantage, path, engine });
  return {
    engine,
    news,
    source: live ?? createEmbeddedSource(news),
    reports,
    watchlists,
    close() {
      for (const store of [news, reports, watchlists, live]) store?.close();
    },
  };
}
