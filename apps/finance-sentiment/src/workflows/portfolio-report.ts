import { weightOf } from '../news/aggregate.js';
import { compareTickers, type TickerStanding } from '../news/compare-tickers.js';
import { DAY } from '../news/dates.js';
import type { NewsStore } from '../news/news-store.js';
import { quote } from './quoted-headline.js';
import type { PortfolioReport, QuotedHeadline } from './workflow.js';

/** Headlines named for each ticker. */
const DRIVERS = 3;

/** What a portfolio report is made from. */
export interface PortfolioInput {
  readonly tickers: readonly string[];
  /** Days back from the store's `asOf`, that day included. */
  readonly days: number;
  readonly watchlist?: string;
}

function drivers(
  news: NewsStore,
  ticker: string,
  from: number,
  to: number,
): readonly QuotedHeadline[] {
  return news
    .between(from, to)
    .filter((item) => item.tickers.includes(ticker) && item.sentiment.label !== 'neutral')
    .map((item) => ({ item, force: Math.abs(item.sentiment.score) * weightOf(item, to) }))
    .sort((a, b) => b.force - a.force)
    .slice(0, DRIVERS)
    .map(({ item }) => quote(item));
}

function sentence(standings: readonly TickerStanding[], days: number): string {
  const solid = standings.filter(({ fewItems }) => !fewItems);
  const [best, worst] = [solid[0], solid.at(-1)];
  const total = `${standings.length} tickers over ${days} days.`;
  if (!best || !worst) return `${total} None has the three headlines that a comparison needs.`;
  if (best === worst)
    return `${total} Only ${best.ticker} has three headlines or more: mean ${best.mean} (n ${best.n}).`;
  return `${total} Best: ${best.ticker}, mean ${best.mean} (n ${best.n}). Worst: ${worst.ticker}, mean ${worst.mean} (n ${worst.n}).`;
}

/** Tickers side by side, and what moved each. Pure. */
export function portfolioReport(
  news: NewsStore,
  { tickers, days, watchlist }: PortfolioInput,
): Omit<PortfolioReport, 'id' | 'createdAt' | 'owner'> {
  const to = Date.parse(news.manifest.asOf);
  const from = Math.floor(to / DAY) * DAY - (days - 1) * DAY;
  const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const comparison = compareTickers(news, tickers, window);
  return {
    kind: 'portfolio-report',
    ...(watchlist ? { watchlist } : {}),
    comparison,
    drivers: Object.fromEntries(tickers.map((ticker) => [ticker, drivers(news, ticker, from, to)])),
    summary: sentence(comparison.standings, days),
  };
}
