import { companies } from './corpus/companies.js';
import { parseTime } from './dates.js';
import type { NewsItem } from './news-item.js';
import type { NewsPage, NewsQuery } from './news-store.js';

const MAX_QUERY = 200;
const MAX_PAGE_SIZE = 100;
const names = new Map(companies.map(({ ticker, name }) => [ticker, name]));

function wordsOf(text: string): readonly string[] {
  return (
    text
      .toLowerCase()
      .normalize('NFKC')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

function timeOf(text: string | undefined, name: string, edge: 'start' | 'end'): number | undefined {
  if (text === undefined) return undefined;
  const at = parseTime(text, edge);
  if (at === undefined) throw new RangeError(`"${name}" must be an ISO 8601 date or date-time.`);
  return at;
}

function whole(value: number, name: string, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`"${name}" must be a whole number from 1 to ${most}.`);
}

function matcher({
  query = '',
  tickers,
  label,
  ...window
}: NewsQuery): (item: NewsItem) => boolean {
  if (query.length > MAX_QUERY)
    throw new RangeError(`"query" must have at most ${MAX_QUERY} characters.`);
  const wanted = wordsOf(query);
  if (query.trim() !== '' && wanted.length === 0)
    throw new RangeError('"query" has no letter or digit to look for.');
  const from = timeOf(window.from, 'from', 'start') ?? Number.NEGATIVE_INFINITY;
  const to = timeOf(window.to, 'to', 'end') ?? Number.POSITIVE_INFINITY;
  return (item) => {
    const at = Date.parse(item.publishedAt);
    if (at < from || at > to) return false;
    if (label && item.sentiment.label !== label) return false;
    if (tickers && tickers.length > 0 && !tickers.some((one) => item.tickers.includes(one)))
      return false;
    if (wanted.length === 0) return true;
    const company = item.tickers.map((ticker) => names.get(ticker) ?? '');
    const own = wordsOf(
      [item.title, item.summary, item.source, ...item.tickers, ...company].join(' '),
    );
    return wanted.every((word) => own.some((candidate) => candidate.startsWith(word)));
  };
}

/** One page of the items that match, in the order given. @throws {RangeError} on a bad date, page or page size. */
export function searchNews(items: readonly NewsItem[], query: NewsQuery): NewsPage {
  const page = whole(query.page ?? 1, 'page', 1_000_000);
  const pageSize = whole(query.pageSize ?? 20, 'pageSize', MAX_PAGE_SIZE);
  const found = items.filter(matcher(query));
  return {
    items: found.slice((page - 1) * pageSize, page * pageSize),
    total: found.length,
    page,
    pageSize,
    pages: Math.ceil(found.length / pageSize),
  };
}
