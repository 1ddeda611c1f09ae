import { type ImportProblem, keyOf, readRow, type UnscoredItem } from './imported-row.js';
import { rowsFromCsv } from './rows-from-csv.js';
import { rowsFromFeed } from './rows-from-feed.js';

/** Headlines as text: CSV, or a feed with the tickers that all of it is about. */
export type ImportText =
  | { readonly csv: string }
  | { readonly feed: string; readonly tickers?: readonly string[] };

/** What became of each row. */
export interface ImportReport {
  readonly imported: number;
  /** Rows whose normalised title and date were there already, or came twice. */
  readonly duplicates: number;
  /** Ids of the imported items, in the order of the rows. */
  readonly ids: readonly string[];
  /** At most 200 are listed; `errorCount` has them all. */
  readonly errors: readonly ImportProblem[];
  readonly errorCount: number;
}

/** Good rows as items, the others as problems. */
export interface ImportedNews {
  readonly items: readonly UnscoredItem[];
  readonly duplicates: number;
  readonly problems: readonly ImportProblem[];
}

/** Largest text, in bytes of UTF-8. */
const MAX_IMPORT_BYTES = 1_048_576;
/** Most rows, broken ones counted and the header not. */
const MAX_IMPORT_ROWS = 2000;

function refused(problem: string): ImportedNews {
  return { items: [], duplicates: 0, problems: [{ line: 1, problem }] };
}

/**
 * Reads headlines from text. Pure: nothing is stored, nothing is fetched. Never throws for what the text holds.
 *
 * @param known - Keys ({@link keyOf}) of items that are there already.
 * @param now - Milliseconds since the epoch; rows more than a day ahead are refused.
 */
export function importNews(
  text: ImportText,
  known: ReadonlySet<string>,
  now: number,
): ImportedNews {
  const whole = 'csv' in text ? text.csv : text.feed;
  if (Buffer.byteLength(whole) > MAX_IMPORT_BYTES)
    return refused('The text is larger than 1 MB. Split it.');
  const read =
    'csv' in text
      ? rowsFromCsv(text.csv, MAX_IMPORT_ROWS)
      : rowsFromFeed(text.feed, text.tickers?.join(' ') ?? '');
  if (typeof read === 'string') return refused(read);
  if (read.rows.length + read.problems.length > MAX_IMPORT_ROWS)
    return refused(`There are more than ${MAX_IMPORT_ROWS} rows. Split the text.`);

  const seen = new Set(known);
  const items: UnscoredItem[] = [];
  const problems = [...read.problems];
  let duplicates = 0;
  for (const { row, line } of read.rows) {
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
