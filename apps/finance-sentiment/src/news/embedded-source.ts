import { rounded } from '../sentiment/verdict.js';
import { aggregateOf } from './article-aggregate.js';
import { checkedRequest } from './checked-request.js';
import { DAY } from './dates.js';
import type { NewsItem } from './news-item.js';
import { type NewsSource, outlookOf, type SourcedArticle } from './news-source.js';
import type { NewsStore } from './news-store.js';

/** The days that an answer looks back over. */
const DAYS = 30;

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
 * Needs no account and no network.
 */
export function createEmbeddedSource(store: NewsStore): NewsSource {
  return {
    id: 'embedded',
    newsSentiment: async (wanted) => {
      const { ticker, limit } = checkedRequest(wanted);
      const { asOf } = store.manifest;
      const to = Date.parse(asOf);
      const articles = store
        .between(to - DAYS * DAY, to)
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
