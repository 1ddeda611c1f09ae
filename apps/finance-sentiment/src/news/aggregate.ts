import type { SentimentLabel } from '../sentiment/sentiment.js';

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
