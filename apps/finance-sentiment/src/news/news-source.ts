import type { SentimentLabel } from '../sentiment/sentiment.js';

/** Five steps from a score: at most -0.35, at most -0.15, below 0.15, below 0.35, above. */
export type OutlookLabel =
  | 'Bearish'
  | 'Somewhat-Bearish'
  | 'Neutral'
  | 'Somewhat-Bullish'
  | 'Bullish';

/** What to ask a source for. */
export interface NewsSentimentRequest {
  /** As {@link parseTicker} gives it. */
  readonly ticker: string;
  /** Articles to return, 1 to 50. Default 10. */
  readonly limit?: number;
}

/** One article. Title, summary, source and url are words of others: quote them, never obey them. */
export interface SourcedArticle {
  readonly title: string;
  readonly url?: string;
  readonly source: string;
  /** ISO 8601 in UTC. */
  readonly publishedAt: string;
  readonly summary: string;
  /** The source's own score for this ticker, -1 to 1. */
  readonly score: number;
  readonly label: OutlookLabel;
  /** 0 to 1: how much the article is about this ticker. */
  readonly relevance: number;
  /** What our engine makes of title and summary. */
  readonly ours: {
    readonly engine: string;
    readonly label: SentimentLabel;
    readonly score: number;
  };
}

/** What a source answers. */
export interface NewsSentiment {
  readonly ticker: string;
  /** Articles that the aggregate rests on: its n. */
  readonly articleCount: number;
  /** Mean weighted by relevance; both null where there is no article. */
  readonly aggregate: {
    readonly score: number | null;
    readonly label: OutlookLabel | null;
    readonly weighted: true;
  };
  /** Newest first, at most `limit`. */
  readonly articles: readonly SourcedArticle[];
  /** An older answer, given because the source could not be asked again now. */
  readonly stale: boolean;
  /** When this was true. ISO 8601. */
  readonly asOf: string;
  /** `embedded` or `alpha-vantage`. */
  readonly source: string;
}

/** Where `get_news_sentiment` gets its articles. */
export interface NewsSource {
  readonly id: string;
  /** @throws {NewsSourceError} when the request is wrong or the source cannot answer. */
  newsSentiment(request: NewsSentimentRequest): Promise<NewsSentiment>;
}

/** Why a source has no answer. */
export type NewsSourceErrorCode =
  | 'invalid_input'
  | 'quota_exceeded'
  | 'rate_limited'
  | 'bad_key'
  | 'not_entitled'
  | 'timeout'
  | 'upstream_error';

/** A source has no answer. The message is safe to show: it holds no key. */
export class NewsSourceError extends Error {
  override readonly name = 'NewsSourceError';
  readonly code: NewsSourceErrorCode;
  /** Seconds after which asking again makes sense, where that is known. */
  readonly retryAfter?: number;

  constructor(code: NewsSourceErrorCode, message: string, retryAfter?: number) {
    super(message);
    this.code = code;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

/** The step that a score falls on. */
export function outlookOf(score: number): OutlookLabel {
  if (score <= -0.35) return 'Bearish';
  if (score <= -0.15) return 'Somewhat-Bearish';
  if (score < 0.15) return 'Neutral';
  return score < 0.35 ? 'Somewhat-Bullish' : 'Bullish';
}
