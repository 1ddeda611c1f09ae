import { type NewsSentimentRequest, NewsSourceError } from './news-source.js';
import { parseTicker } from './ticker.js';

const MAX_LIMIT = 50;
const DEFAULT_LIMIT = 10;

/** The request with everything in it, as any source can take it. @throws {NewsSourceError} `invalid_input` naming what is wrong. */
export function checkedRequest({
  ticker: given,
  limit = DEFAULT_LIMIT,
}: NewsSentimentRequest): Required<NewsSentimentRequest> {
  const ticker = parseTicker(given);
  if (!ticker)
    throw new NewsSourceError('invalid_input', 'The ticker has characters that no ticker has.');
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    const message = `"limit" must be a whole number from 1 to ${MAX_LIMIT}.`;
    throw new NewsSourceError('invalid_input', message);
  }
  return { ticker, limit };
}
