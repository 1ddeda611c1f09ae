import { parseTime } from '../dates.js';
import { type NewsSentimentRequest, NewsSourceError } from '../news-source.js';
import { parseTicker } from '../ticker.js';

/** The subjects that the vendor knows. */
const alphaVantageTopics: readonly string[] = [
  'blockchain',
  'earnings',
  'ipo',
  'mergers_and_acquisitions',
  'financial_markets',
  'economy_fiscal',
  'economy_monetary',
  'economy_macro',
  'energy_transportation',
  'finance',
  'life_sciences',
  'manufacturing',
  'real_estate',
  'retail_wholesale',
  'technology',
];

/** A request that has been checked, in the vendor's spelling. Two that ask for the same are equal. */
export interface VendorRequest {
  readonly ticker: string;
  /** Sorted. */
  readonly topics: readonly string[];
  /** `YYYYMMDDTHHMM`, UTC. */
  readonly timeFrom?: string;
  readonly limit: number;
}

/** @throws {NewsSourceError} `invalid_input` naming what is wrong. */
export function checkRequest({
  ticker,
  limit = 10,
  timeFrom,
  topics = [],
}: NewsSentimentRequest): VendorRequest {
  const known = parseTicker(ticker);
  if (!known)
    throw new NewsSourceError('invalid_input', 'The ticker has characters that no ticker has.');
  if (!Number.isInteger(limit) || limit < 1 || limit > 50) {
    throw new NewsSourceError('invalid_input', '"limit" must be a whole number from 1 to 50.');
  }
  if (topics.some((topic) => !alphaVantageTopics.includes(topic))) {
    const message = `"topics" may hold ${alphaVantageTopics.join(', ')}.`;
    throw new NewsSourceError('invalid_input', message);
  }
  const base = { ticker: known, topics: [...new Set(topics)].sort(), limit };
  if (timeFrom === undefined) return base;
  const at = parseTime(timeFrom);
  if (at === undefined || at < 0) {
    throw new NewsSourceError(
      'invalid_input',
      '"time_from" must be an ISO 8601 date or date-time.',
    );
  }
  const digits = new Date(at).toISOString().replace(/[-:]/g, '');
  return { ...base, timeFrom: digits.slice(0, 13) };
}

/** The address of a request. It holds the key: never log it. */
export function requestUrl(
  baseUrl: string,
  apiKey: string,
  { ticker, topics, timeFrom }: VendorRequest,
): URL {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/query`);
  url.searchParams.set('function', 'NEWS_SENTIMENT');
  url.searchParams.set('tickers', ticker);
  if (topics.length > 0) url.searchParams.set('topics', topics.join(','));
  if (timeFrom) url.searchParams.set('time_from', timeFrom);
  // Anything but 50 and 1000 is taken for 50.
  url.searchParams.set('limit', '50');
  url.searchParams.set('apikey', apiKey);
  return url;
}
