import { rounded } from '../sentiment/verdict.js';
import { aggregateOf } from './article-aggregate.js';
import { DAY, parseTime } from './dates.js';
import type { NewsItem } from './news-item.js';
import { type NewsSource, NewsSourceError, outlookOf, type SourcedArticle } from './news-source.js';
import type { NewsStore } from './news-store.js';

/** The days that an answer looks back over where no `timeFrom` is given. */
const DEFAULT_DAYS = 30;

/** An item about several companies is less about each. */
function relevanceOf({ tickers }: NewsItem): number {
  return rounded(1 / Math.sqrt(tickers.length));
}

function toArticle(item: NewsItem): SourcedArticle {
  const { title, url, source, publishedAt, summary, sentiment } = item;
  const { engine, label, score } = sentiment;
  return {
    title,
    ...(url ? { url } : {}),
    source,
    publishedAt,
    summary,
    score,
    label: outlookOf(score),
    relevance: relevanceOf(item),
    ours: { engine, label, score },
  };
}

/**
 * The corpus and imports as a source, scored by our engine. Looks back 30 days from the store's `asOf`.
 * Needs no account and no network; knows no topics.
 */
export function createEmbeddedSource(store: NewsStore): NewsSource {
  return {
    id: 'embedded',
    newsSentiment: async ({ ticker, limit = 10, timeFrom, topics = [] }) => {
      const { asOf } = store.manifest;
      const from =
        timeFrom === undefined ? Date.parse(asOf) - DEFAULT_DAYS * DAY : parseTime(timeFrom);
      if (from === undefined) {
        throw new NewsSourceError(
          'invalid_input',
          '"time_from" must be an ISO 8601 date or date-time.',
        );
      }
      if (topics.length > 0) {
        const message =
          'The embedded news has no topics. Leave "topics" out, or set ALPHA_VANTAGE_API_KEY.';
        throw new NewsSourceError('invalid_input', message);
      }
      if (!Number.isInteger(limit) || limit < 1 || limit > 50) {
        throw new NewsSourceError('invalid_input', '"limit" must be a whole number from 1 to 50.');
      }
      const articles = store
        .between(from, Date.parse(asOf))
        .filter(({ tickers }) => tickers.includes(ticker))
        .map(toArticle);
      return {
        ticker,
        articleCount: articles.length,
        aggregate: aggregateOf(articles),
        articles: articles.slice(0, limit),
        stale: false,
        asOf,
        source: 'embedded',
      };
    },
  };
}
