import { type Aggregate, tally } from './aggregate.js';
import { companies } from './corpus/companies.js';
import { DAY, parseTime } from './dates.js';
import type { NewsItem } from './news-item.js';
import type { NewsStore } from './news-store.js';

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
interface DayAggregate extends Aggregate {
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

const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;
const names = new Map(companies.map(({ ticker, name }) => [ticker, name]));

function boundary(text: string, name: string, edge: 'start' | 'end'): number {
  const at = parseTime(text, edge);
  if (at === undefined) throw new RangeError(`"${name}" must be an ISO 8601 date or date-time.`);
  return at;
}

function standing(oldestFirst: readonly NewsItem[], ticker: string, to: number): TickerStanding {
  const byDay = new Map<string, NewsItem[]>();
  for (const item of oldestFirst.filter(({ tickers }) => tickers.includes(ticker))) {
    const date = item.publishedAt.slice(0, 10);
    const day = byDay.get(date);
    if (day) day.push(item);
    else byDay.set(date, [item]);
  }
  const sofar = tally(to);
  const days = [...byDay].map(([date, published]) => {
    for (const item of published) sofar.add(item);
    return { date, published: published.length, ...sofar.total() };
  });
  const name = names.get(ticker);
  return { ticker, ...(name ? { name } : {}), ...sofar.total(), days };
}

/** Best mean first, those without news last. */
export function bestFirst(a: TickerStanding, b: TickerStanding): number {
  return (b.mean ?? -2) - (a.mean ?? -2) || a.ticker.localeCompare(b.ticker);
}

/**
 * Sets tickers side by side over a window.
 *
 * @throws {RangeError} on a bad date, a window that ends before it begins, or one of more than 366 days.
 */
export function compareTickers(
  store: NewsStore,
  tickers: readonly string[],
  window: ComparisonWindow = {},
): TickerComparison {
  const to =
    window.to === undefined ? Date.parse(store.manifest.asOf) : boundary(window.to, 'to', 'end');
  const from =
    window.from === undefined
      ? Math.floor(to / DAY) * DAY - (DEFAULT_DAYS - 1) * DAY
      : boundary(window.from, 'from', 'start');
  if (from > to) {
    const end = new Date(to).toISOString();
    throw new RangeError(`"from" must not be after "to", which is ${end}.`);
  }
  if (to - from > MAX_DAYS * DAY)
    throw new RangeError(`The window must have at most ${MAX_DAYS} days.`);
  const oldestFirst = store.between(from, to).toReversed();
  const standings = [...new Set(tickers)]
    .map((ticker) => standing(oldestFirst, ticker, to))
    .sort(bestFirst);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), standings };
}
