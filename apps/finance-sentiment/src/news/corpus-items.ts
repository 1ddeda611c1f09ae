import { corpus, corpusAsOf } from './corpus/corpus.js';
import { DAY } from './dates.js';
import type { NewsItem } from './news-item.js';
import { scoreItem } from './score-item.js';

/** Whole days from the end of the corpus to the day of `now`; negative where the corpus lies ahead. */
export function corpusShift(now: number): number {
  return Math.floor(now / DAY) - Math.floor(Date.parse(corpusAsOf) / DAY);
}

/** An item as if it had been published some days later. */
export function movedBy(days: number, item: NewsItem): NewsItem {
  return {
    ...item,
    publishedAt: new Date(Date.parse(item.publishedAt) + days * DAY).toISOString(),
  };
}

/** The corpus as items, scored by our rules. */
export function corpusItems(): readonly NewsItem[] {
  return corpus.map(({ id, at, tickers, source, title, summary, expectedLabel }) => ({
    id,
    publishedAt: new Date(at).toISOString(),
    tickers,
    source,
    title,
    summary,
    origin: 'corpus',
    ...(expectedLabel ? { expectedLabel } : {}),
    sentiment: scoreItem({ title, summary }),
  }));
}
