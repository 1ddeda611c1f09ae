import { corpus, corpusAsOf } from './corpus/corpus.js';
import { DAY } from './dates.js';
import type { NewsItem } from './news-item.js';
import { scoreItem } from './score-item.js';

/** Whole days from the end of the corpus to the day of `now`; negative where the corpus lies ahead. */
export function corpusShift(now: number): number {
  return Math.floor(now / DAY) - Math.floor(Date.parse(corpusAsOf) / DAY);
}

/** The corpus as items, scored by our rules and moved by whole days. */
export function corpusItems(shiftedDays: number): readonly NewsItem[] {
  return corpus.map(({ id, at, tickers, source, title, summary, expectedLabel }) => ({
    id,
    publishedAt: new Date(at + shiftedDays * DAY).toISOString(),
    tickers,
    source,
    title,
    summary,
    origin: 'corpus',
    ...(expectedLabel ? { expectedLabel } : {}),
    sentiment: scoreItem({ title, summary }),
  }));
}
