import type { ServerContext } from '@modelcontextprotocol/server';
import type { AuditEvent, Principal } from '@portcullis/core';
import type { NewsSource } from './news/news-source.js';
import type { NewsStore } from './news/news-store.js';
import type { SentimentEngine } from './sentiment/engine.js';
import type { ReportStore } from './workflows/report-store.js';
import type { WatchlistStore } from './workflows/watchlist-store.js';

/** What the tools, resources and prompts work with. */
export interface Services {
  /** Scores what the caller brings. */
  readonly engine: SentimentEngine;
  readonly news: NewsStore;
  /** Where `get_news_sentiment` asks: the embedded corpus, or Alpha Vantage. */
  readonly source: NewsSource;
  readonly reports: ReportStore;
  readonly watchlists: WatchlistStore;
  /** The newest audit events, oldest first, as they are when asked. */
  recentEvents(): readonly AuditEvent[];
  /** Who is calling. */
  caller(context: ServerContext): Principal;
}
