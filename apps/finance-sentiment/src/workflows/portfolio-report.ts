import { counted } from '../counted.js';
import { weightOf } from '../news/aggregate.js';
import { bestFirst, compareTickers, type TickerStanding } from '../news/compare-tickers.js';
import { DAY } from '../news/dates.js';
import type { NewsStore } from '../news/news-store.js';
import type { Pace } from './pace.js';
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
  readonly pace: Pace;
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
  const total = `${counted(standings.length, 'ticker')} over ${counted(days, 'day')}.`;
  if (!best || !worst) return `${total} None has the three headlines that a comparison needs.`;
  if (best === worst)
    return `${total} Only ${best.ticker} has three headlines or more: mean ${best.mean} (n ${best.n}).`;
  return `${total} Best: ${best.ticker}, mean ${best.mean} (n ${best.n}). Worst: ${worst.ticker}, mean ${worst.mean} (n ${worst.n}).`;
}

/** Tickers side by side, and what moved each. Changes nothing. @throws whatever `pace` throws. */
export async function portfolioReport(
  news: NewsStore,
  { tickers, days, watchlist, pace }: PortfolioInput,
): Promise<Omit<PortfolioReport, 'id' | 'createdAt' | 'owner'>> {
  const to = Date.parse(news.manifest.asOf);
  const from = Math.floor(to / DAY) * DAY - (days - 1) * DAY;
  const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const standings: TickerStanding[] = [];
  const moved: Record<string, readonly QuotedHeadline[]> = {};
  const each = [...new Set(tickers)];
  for (const [done, ticker] of each.entries()) {
    await pace(done, each.length);
    standings.push(...compareTickers(news, [ticker], window).standings);
    moved[ticker] = drivers(news, ticker, from, to);
  }
  const comparison = { ...window, standings: standings.sort(bestFirst) };
  return {
    kind: 'portfolio-report',
    ...(watchlist ? { watchlist } : {}),
    comparison,
    drivers: moved,
    summary: sentence(comparison.standings, days),
  };
}
