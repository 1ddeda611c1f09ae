import type { TickerComparison } from '../news/compare-tickers.js';
import type { NewsStore, RescoreReport } from '../news/news-store.js';
import type { SentimentLabel } from '../sentiment/sentiment.js';
import type { Pace } from './pace.js';
import type { ReportStore } from './report-store.js';
import type { WatchlistStore } from './watchlist-store.js';

/** The workflows there are; the last segment of `mcp:exec:workflows:<name>`. */
export const workflowNames = ['daily-digest', 'portfolio-report', 'backfill-scores'] as const;

/** One of {@link workflowNames}. */
export type WorkflowName = (typeof workflowNames)[number];

/** What a workflow may be told. Parts that a workflow has no use for are refused. */
export interface WorkflowInput {
  /** `daily-digest`: `YYYY-MM-DD`. Default: the day of the news store's `asOf`. */
  readonly date?: string;
  /** As `parseTicker` gives them. Default: all companies of the corpus, or the watchlist's. */
  readonly tickers?: readonly string[];
  /** `portfolio-report`: a watchlist of the owner's. */
  readonly watchlist?: string;
  /** `portfolio-report`: days back from `asOf`. Default 30. */
  readonly days?: number;
  /** `backfill-scores`: also items that our engine has scored already. Default false. */
  readonly force?: boolean;
}

/** A headline as a report quotes it. */
export interface QuotedHeadline {
  readonly id: string;
  readonly publishedAt: string;
  readonly tickers: readonly string[];
  readonly source: string;
  readonly title: string;
  readonly label: SentimentLabel;
  readonly score: number;
}

interface ReportHead {
  /** Unguessable. */
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Who ran it, as the caller of {@link runWorkflow} names people. */
  readonly owner: string;
  /** A sentence or two in plain words. Holds no headline. */
  readonly summary: string;
}

/** One day: what came in, the strongest items, where each company stands. */
export interface DailyDigest extends ReportHead {
  readonly kind: 'daily-digest';
  readonly date: string;
  readonly total: number;
  readonly counts: Readonly<Record<SentimentLabel, number>>;
  readonly best: readonly QuotedHeadline[];
  readonly worst: readonly QuotedHeadline[];
  readonly comparison: TickerComparison;
}

/** A set of companies over some weeks. */
export interface PortfolioReport extends ReportHead {
  readonly kind: 'portfolio-report';
  readonly watchlist?: string;
  readonly comparison: TickerComparison;
  /** Per ticker the items that moved its mean most, at most three each. */
  readonly drivers: Readonly<Record<string, readonly QuotedHeadline[]>>;
}

/** What scoring again changed; of `changed` at most 200. */
export interface BackfillReport extends ReportHead, RescoreReport {
  readonly kind: 'backfill-scores';
  /** What scored: name and version. */
  readonly engine: string;
  /** How often the label of a corpus item is the expected one. */
  readonly agreement: { readonly n: number; readonly correct: number };
}

/** What a workflow leaves behind. */
export type Report = DailyDigest | PortfolioReport | BackfillReport;

/** What workflows work on. */
export interface WorkflowContext {
  readonly news: NewsStore;
  readonly reports: ReportStore;
  readonly watchlists: WatchlistStore;
  /** Whose watchlists are read and who the report belongs to. */
  readonly owner: string;
  /** Told how far a long workflow is; ends it by throwing. Default: nobody. */
  readonly pace?: Pace;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** Nobody wants the rest. Nothing was kept. */
export class WorkflowCancelledError extends Error {
  override readonly name = 'WorkflowCancelledError';
  override readonly message = 'The workflow was cancelled, and nothing was kept.';
}

/** The input cannot be worked with. The message says why, for whoever gave it. */
export class WorkflowInputError extends Error {
  override readonly name = 'WorkflowInputError';
}
