import { createHash } from 'node:crypto';
import { dayOf, parseTime } from './dates.js';
import type { NewsItem } from './news-item.js';
import { parseTicker } from './ticker.js';
import { webAddress } from './web-address.js';
import { wordsOfOthers } from './words-of-others.js';

/** One headline as somebody handed it in: text in every field, or nothing. */
export type ImportedRow = Readonly<
  Partial<Record<'publishedAt' | 'title' | 'summary' | 'tickers' | 'source' | 'url', string>>
>;

/** A headline that nobody has scored yet. */
export type UnscoredItem = Omit<NewsItem, 'sentiment'>;

/** What is wrong with one row. Quotes nothing of it. */
export interface ImportProblem {
  /** From 1: the line of CSV, its header included, or the number of a feed's entry. */
  readonly line: number;
  readonly problem: string;
}

/** A text taken apart, before anybody has looked at what its rows say. */
export interface ImportedText {
  readonly rows: readonly { readonly line: number; readonly row: ImportedRow }[];
  readonly problems: readonly ImportProblem[];
}

const MAX_TITLE = 500;
const MAX_SUMMARY = 5000;
const MAX_SOURCE = 100;
const MAX_TICKERS = 10;
const DAY_AHEAD = 86_400_000;

/** Case, punctuation and spaces do not make another headline, but the sign of a number does. */
function dedupeKey(title: string, at: number): string {
  const plain = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<![\p{L}\p{N}])[-−](?=\p{Sc}?\p{N})/gu, ' minus ')
    .replace(/[^\p{L}\p{M}\p{N}%]+/gu, ' ')
    .trim();
  return `${dayOf(at)} ${plain || title}`;
}

/** The key under which an item counts as known. */
export function keyOf(item: Pick<NewsItem, 'title' | 'publishedAt'>): string {
  return dedupeKey(item.title, Date.parse(item.publishedAt));
}

function parseTickers(text: string): readonly string[] | undefined {
  const parts = text.split(/[\s,;|]+/).filter((part) => part !== '');
  const tickers = parts.map(parseTicker).filter((ticker) => ticker !== undefined);
  return tickers.length === parts.length ? [...new Set(tickers)] : undefined;
}

/**
 * A row as an item without its score, or a sentence that says what is wrong with it and quotes nothing of it.
 *
 * @param now - Milliseconds since the epoch; rows more than a day ahead are refused.
 */
export function readRow(row: ImportedRow, now: number): UnscoredItem | string {
  const field = (name: keyof ImportedRow) => wordsOfOthers(row[name] ?? '');
  const at = parseTime(field('publishedAt'));
  const [title, summary, url] = [field('title'), field('summary'), field('url')];
  const address = webAddress(url);
  const tickers = parseTickers(field('tickers'));
  const source = field('source') || 'import';
  if (field('publishedAt') === '') return 'The date is missing.';
  if (at === undefined)
    return 'The date is no ISO 8601 date or date-time, such as 2026-10-31 or 2026-10-31T08:00:00Z.';
  if (at > now + DAY_AHEAD) return 'The date lies in the future.';
  if (title === '') return 'The title is missing.';
  if (title.length > MAX_TITLE) return `The title is longer than ${MAX_TITLE} characters.`;
  if (summary.length > MAX_SUMMARY) return `The summary is longer than ${MAX_SUMMARY} characters.`;
  if (source.length > MAX_SOURCE) return `The source is longer than ${MAX_SOURCE} characters.`;
  if (!tickers) return 'A ticker has characters that no ticker has.';
  if (tickers.length > MAX_TICKERS) return `There are more than ${MAX_TICKERS} tickers.`;
  if (url !== '' && !address) return 'The url is no http or https address.';
  const id = `i${createHash('sha256').update(dedupeKey(title, at)).digest('hex').slice(0, 20)}`;
  return {
    id,
    publishedAt: new Date(at).toISOString(),
    tickers,
    source,
    title,
    summary,
    ...(address ? { url: address } : {}),
    origin: 'import',
  };
}
