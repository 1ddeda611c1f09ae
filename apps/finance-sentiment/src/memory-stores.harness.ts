import { createEmbeddedSource } from './news/embedded-source.js';
import type { NewsSource } from './news/news-source.js';
import { createNewsStore } from './news/news-store.js';
import { rulesEngine } from './sentiment/rules-engine.js';
import type { Stores } from './stores.js';
import { createReportStore } from './workflows/report-store.js';
import { createWatchlistStore } from './workflows/watchlist-store.js';

/**
 * Everything the app keeps, in memory. For tests.
 *
 * @param source - Where `get_news_sentiment` asks. Default: the embedded corpus.
 */
export function memoryStores(source?: NewsSource): Stores {
  const news = createNewsStore({});
  const reports = createReportStore({});
  const watchlists = createWatchlistStore({});
  return {
    engine: rulesEngine,
    news,
    source: source ?? createEmbeddedSource(news),
    reports,
    watchlists,
    close() {
      for (const store of [news, reports, watchlists]) store.close();
    },
  };
}
