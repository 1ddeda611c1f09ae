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

/** How much an item counts at a moment, which is not before its publication. */
export function weightOf({ publishedAt, sentiment }: NewsItem, at: number): number {
  const age = (at - Date.parse(publishedAt)) / DAY;
  return Math.max(sentiment.confidence, LEAST_CONFIDENCE) * 0.5 ** (age / HALF_LIFE_DAYS);
}

/** Takes items in one by one, and says at any time how those stand that it has. */
interface Tally {
  add(item: NewsItem): void;
  total(): Aggregate;
}

/**
 * Makes a tally.
 *
 * @param at - The moment of which recency is judged, as milliseconds since the epoch. For items of before any earlier moment the mean and
 * the spread are those of that moment, since all weights differ by one factor.
 */
export function tally(at: number): Tally {
  const counts = { positive: 0, negative: 0, neutral: 0 };
  let [n, mass, sum, squares] = [0, 0, 0, 0];
  return {
    add(item) {
      const weight = weightOf(item, at);
      const { score, label } = item.sentiment;
      counts[label] += 1;
      n += 1;
      mass += weight;
      sum += weight * score;
      squares += weight * score * score;
    },
    total() {
      // Items so old that their weights vanish have no mean to speak of.
      const mean = mass > 0 ? sum / mass : null;
      const spread =
        mean === null || n < 2 ? null : Math.sqrt(Math.max(0, squares / mass - mean * mean));
      return {
        n,
        mean: mean === null ? null : rounded(mean),
        spread: spread === null ? null : rounded(spread),
        counts: { ...counts },
        fewItems: n < 3,
      };
    },
  };
}
