import type { Aggregate } from './aggregate.js';

/** Days to look at. Default: the 30 days up to the store's `asOf`. */
export interface ComparisonWindow {
  /** ISO date or date-time, inclusive. */
  readonly from?: string;
  /** ISO date-time, inclusive; a date alone means to the end of that day (UTC). */
  readonly to?: string;
}

/** One ticker over the window. */
export interface TickerStanding extends Aggregate {
  readonly ticker: string;
  /** Absent for tickers outside the corpus. */
  readonly name?: string;
  /** Days with news, oldest first; each over what is known by its end. */
  readonly days: readonly DayAggregate[];
}

/** Where a ticker stood at the end of a day: everything published so far in the window, older items counting less. */
export interface DayAggregate extends Aggregate {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  /** Items of this day alone. */
  readonly published: number;
}

/** Tickers side by side. */
export interface TickerComparison {
  /** ISO 8601. */
  readonly from: string;
  /** ISO 8601. */
  readonly to: string;
  /** Best mean first, those without news last. */
  readonly standings: readonly TickerStanding[];
}
