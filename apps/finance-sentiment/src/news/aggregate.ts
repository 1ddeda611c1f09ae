import type { SentimentLabel } from '../sentiment/sentiment.js';
import { rounded } from '../sentiment/verdict.js';
import { DAY } from './dates.js';
import type { NewsItem } from './news-item.js';

/** A mean that never comes without its n. */
export interface Aggregate {
  /** Items behind it. */
  readonly n: number;
  /** Scores weighted by confidence and recency (half-life three days); null without items. */
  readonly mean: number | null;
  /** Weighted standard deviation of the scores; null below two items. */
  readonly spread: number | null;
  readonly counts: Readonly<Record<SentimentLabel, number>>;
  /** Fewer than three items: say so wherever the mean is shown. */
  readonly fewItems: boolean;
}

/** Days after which an item counts half. */
const HALF_LIFE_DAYS = 3;
/** What an item of no confidence still counts. */
const LEAST_CONFIDENCE = 0.05;

/** How much an item counts at a moment. */
export function weightOf({ publishedAt, sentiment }: NewsItem, at: number): number {
  const age = Math.max(0, at - Date.parse(publishedAt)) / DAY;
  return Math.max(sentiment.confidence, LEAST_CONFIDENCE) * 0.5 ** (age / HALF_LIFE_DAYS);
}

/** Puts items together as they stand at a moment. */
export function aggregate(items: readonly NewsItem[], at: number): Aggregate {
  const n = items.length;
  const counts = { positive: 0, negative: 0, neutral: 0 };
  let [mass, sum, squares] = [0, 0, 0];
  for (const item of items) {
    const weight = weightOf(item, at);
    const { score, label } = item.sentiment;
    counts[label] += 1;
    mass += weight;
    sum += weight * score;
    squares += weight * score * score;
  }
  // Items so old that their weights vanish have no mean to speak of.
  const mean = mass > 0 ? sum / mass : null;
  const spread =
    mean === null || n < 2 ? null : Math.sqrt(Math.max(0, squares / mass - mean * mean));
  return {
    n,
    mean: mean === null ? null : rounded(mean),
    spread: spread === null ? null : rounded(spread),
    counts,
    fewItems: n < 3,
  };
}
