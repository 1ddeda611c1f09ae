import type { SentimentLabel } from '../../sentiment/sentiment.js';

/** One headline: day 1 is the first of the corpus, time is UTC, `unclear` where people would disagree. */
type CorpusRow = readonly [
  day: number,
  time: string,
  expected: SentimentLabel | 'unclear',
  title: string,
  summary?: string,
];

/** The headlines about one company, or about markets where there are no tickers. */
export interface CorpusSection {
  readonly tickers: readonly string[];
  readonly rows: readonly CorpusRow[];
}
