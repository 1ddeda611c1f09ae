import { readFeed } from '../feed/read-feed.js';
import { parseMailTime, parseTime } from './dates.js';
import type { ImportedText } from './imported-row.js';

/** Longer summaries are whole articles: their beginning says what they are about. */
const SUMMARY = 1000;

/**
 * The entries of a feed (RSS, Atom, JSON Feed), numbered from 1. Feeds name no tickers.
 *
 * @param tickers - What the whole feed is about, separated by spaces.
 * @returns A sentence where the text is no feed.
 */
export function rowsFromFeed(text: string, tickers: string): ImportedText | string {
  const feed = readFeed(text);
  if (!feed) return 'The text is no RSS, Atom or JSON feed.';
  const source = feed.title.slice(0, 100);
  return {
    problems: [],
    rows: feed.entries.map(({ title, summary, url, publishedAt }, index) => ({
      line: index + 1,
      row: {
        title,
        source,
        tickers,
        summary: summary.length > SUMMARY ? `${summary.slice(0, SUMMARY)}…` : summary,
        // A relative link leads nowhere: nobody says where the feed came from.
        url: URL.canParse(url) ? url : '',
        publishedAt: isoDate(publishedAt),
      },
    })),
  };
}

/** RSS 2.0 writes dates as mail does. What is no date stays as it is, to be refused like any other. */
function isoDate(text: string): string {
  const at = parseTime(text) ?? parseMailTime(text);
  return at === undefined ? text : new Date(at).toISOString();
}
