import { createHash } from 'node:crypto';
import { type CsvRow, readCsv } from '../csv/read-csv.js';
import { parseTime } from './dates.js';
import type { NewsItem } from './news-item.js';
import { scoreItem } from './score-item.js';
import { parseTicker } from './ticker.js';

/** The formats that {@link importNews} reads. */
export type ImportFormat = 'csv';

/** What became of each row. */
export interface ImportReport {
  readonly imported: number;
  /** Rows whose normalised title and date were there already, or came twice. */
  readonly duplicates: number;
  /** Ids of the imported items, in the order of the rows. */
  readonly ids: readonly string[];
  /** Lines count from 1, the header included. At most 200 are listed; `errorCount` has them all. */
  readonly errors: readonly ImportProblem[];
  readonly errorCount: number;
}

/** What is wrong with one row. Quotes nothing of it. */
interface ImportProblem {
  readonly line: number;
  readonly problem: string;
}

/** Good rows as items, the others as problems. */
export interface ImportedNews {
  readonly items: readonly NewsItem[];
  readonly duplicates: number;
  readonly problems: readonly ImportProblem[];
}

/** Largest text, in bytes of UTF-8. */
const MAX_IMPORT_BYTES = 1_048_576;
/** Most rows, the header not counted. */
const MAX_IMPORT_ROWS = 2000;

const MAX_TITLE = 500;
const MAX_SUMMARY = 5000;
const MAX_SOURCE = 100;
const MAX_URL = 2000;
const MAX_TICKERS = 10;
const DAY_AHEAD = 86_400_000;

/** Column names, in lower case, that each field may have. */
const columns: Readonly<Record<string, string>> = {
  publishedat: 'publishedAt',
  published_at: 'publishedAt',
  date: 'publishedAt',
  title: 'title',
  headline: 'title',
  summary: 'summary',
  ticker: 'tickers',
  tickers: 'tickers',
  source: 'source',
  url: 'url',
};

type Row = Readonly<Record<string, string | undefined>>;

/** Case, punctuation and spaces do not make another headline. */
function dedupeKey(title: string, at: number): string {
  const plain = title
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}%]+/gu, ' ')
    .trim();
  return `${new Date(at).toISOString().slice(0, 10)} ${plain}`;
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

function isWebAddress(text: string): boolean {
  return text.length <= MAX_URL && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function readRow(row: Row, now: number): NewsItem | string {
  const field = (name: string) => (row[name] ?? '').trim();
  const at = parseTime(field('publishedAt'));
  const [title, summary, url] = [field('title'), field('summary'), field('url')];
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
  if (url !== '' && !isWebAddress(url)) return 'The url is no http or https address.';
  const id = `i${createHash('sha256').update(dedupeKey(title, at)).digest('hex').slice(0, 20)}`;
  return {
    id,
    publishedAt: new Date(at).toISOString(),
    tickers,
    source,
    title,
    summary,
    ...(url === '' ? {} : { url }),
    origin: 'import',
    sentiment: scoreItem(title, summary),
  };
}

function refused(problem: string): ImportedNews {
  return { items: [], duplicates: 0, problems: [{ line: 1, problem }] };
}

/**
 * Reads headlines from CSV with the columns `publishedAt` or `date`, `title`, and if wanted `summary`, `ticker` or
 * `tickers`, `source`, `url`; other columns are ignored. Pure: nothing is stored. Never throws for what the text holds.
 *
 * @param known - Keys ({@link keyOf}) of items that are there already.
 * @param now - Milliseconds since the epoch; rows more than a day ahead are refused.
 */
export function importNews(
  text: string,
  _format: ImportFormat,
  known: ReadonlySet<string>,
  now: number,
): ImportedNews {
  if (Buffer.byteLength(text) > MAX_IMPORT_BYTES)
    return refused('The text is larger than 1 MB. Split it.');
  const { rows, broken: problems } = readCsv(text);
  const [header, ...body] = rows;
  if (!header)
    return problems.length > 0
      ? { items: [], duplicates: 0, problems }
      : refused('The text is empty.');
  const names = header.fields.map((name) => columns[name.trim().toLowerCase()]);
  for (const needed of ['publishedAt', 'title']) {
    if (!names.includes(needed)) {
      return refused(
        'The header must name the columns "publishedAt" (or "date") and "title", separated by commas.',
      );
    }
  }
  if (body.length > MAX_IMPORT_ROWS)
    return refused(`There are more than ${MAX_IMPORT_ROWS} rows. Split the text.`);
  return collectRows(names, body, problems, known, now);
}

function collectRows(
  names: readonly (string | undefined)[],
  body: readonly CsvRow[],
  broken: readonly ImportProblem[],
  known: ReadonlySet<string>,
  now: number,
): ImportedNews {
  const seen = new Set(known);
  const items: NewsItem[] = [];
  const problems = [...broken];
  let duplicates = 0;
  for (const { fields: record, line } of body) {
    if (record.length !== names.length) {
      problems.push({
        line,
        problem: `The row has ${record.length} fields, the header ${names.length}.`,
      });
      continue;
    }
    const row = Object.fromEntries(names.map((name, index) => [name ?? '', record[index]]));
    const item = readRow(row, now);
    if (typeof item === 'string') problems.push({ line, problem: item });
    else if (seen.has(keyOf(item))) duplicates += 1;
    else {
      seen.add(keyOf(item));
      items.push(item);
    }
  }
  return { items, duplicates, problems: problems.sort((a, b) => a.line - b.line) };
}
