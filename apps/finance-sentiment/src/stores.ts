import { join } from 'node:path';
import type { Config } from './config.js';
import { alphaVantageSource } from './news/alpha-vantage.js';
import { createEmbeddedSource } from './news/embedded-source.js';
import type { NewsSource } from './news/news-source.js';
import { createNewsStore, type NewsStore } from './news/news-store.js';
import { createReportStore, type ReportStore } from './workflows/report-store.js';
import { createWatchlistStore, type WatchlistStore } from './workflows/watchlist-store.js';

/** Everything the app keeps, beside what the issuer keeps. */
export interface Stores {
  readonly news: NewsStore;
  readonly source: NewsSource;
  readonly reports: ReportStore;
  readonly watchlists: WatchlistStore;
  close(): void;
}

/** Opens one SQLite file for headlines, reports and watchlists. @throws {StoreError} when it cannot be opened. */
export function openStores(config: Config): Stores {
  const path = join(config.dataDir, 'finance.sqlite');
  const news = createNewsStore({ path, shiftDates: config.shiftDates });
  const reports = createReportStore({ path });
  const watchlists = createWatchlistStore({ path });
  const live = config.alphaVantage && alphaVantageSource({ ...config.alphaVantage, path });
  return {
    news,
    source: live ?? createEmbeddedSource(news),
    reports,
    watchlists,
    close() {
      for (const store of [news, reports, watchlists, live]) store?.close();
    },
  };
}
