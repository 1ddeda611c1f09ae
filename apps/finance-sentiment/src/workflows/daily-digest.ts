import { counted } from '../counted.js';
import { compareTickers } from '../news/compare-tickers.js';
import { DAY, parseTime } from '../news/dates.js';
import { countLabels, type NewsStore } from '../news/news-store.js';
import { quote } from './quoted-headline.js';
import { type DailyDigest, WorkflowInputError } from './workflow.js';

/** Headlines in each of the two lists. */
const SHOWN = 5;
/** Days that the comparison looks back. */
const COMPARED_DAYS = 14;

/** What a digest is made from. */
export interface DigestInput {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly tickers: readonly string[];
  /** Whether to leave out news about none of the tickers. */
  readonly only: boolean;
}

/** A day's news in numbers and quotes. Pure. @throws {WorkflowInputError} when the date is none. */
export function dailyDigest(
  news: NewsStore,
  { date, tickers, only }: DigestInput,
): Omit<DailyDigest, 'id' | 'createdAt' | 'owner'> {
  const start = parseTime(date);
  if (start === undefined)
    throw new WorkflowInputError('"date" must be a day, such as 2026-10-31.');
  const items = news
    .between(start, start + DAY - 1)
    .filter((item) => !only || tickers.some((ticker) => item.tickers.includes(ticker)));
  const byScore = items.toSorted((a, b) => b.sentiment.score - a.sentiment.score);
  const best = byScore.filter(({ sentiment }) => sentiment.label === 'positive').slice(0, SHOWN);
  const worst = byScore
    .filter(({ sentiment }) => sentiment.label === 'negative')
    .reverse()
    .slice(0, SHOWN);
  const counts = countLabels(items);
  const from = new Date(start - (COMPARED_DAYS - 1) * DAY).toISOString();
  return {
    kind: 'daily-digest',
    date,
    total: items.length,
    counts,
    best: best.map(quote),
    worst: worst.map(quote),
    comparison: compareTickers(news, tickers, { from, to: date }),
    summary: `${counted(items.length, 'headline')} on ${date}: ${counts.positive} positive, ${counts.negative} negative, ${counts.neutral} neutral.`,
  };
}
