import { readCsv } from '../csv/read-csv.js';
import type { ImportedRow, ImportedText } from './imported-row.js';

/** Column names, in lower case, that each field may have. */
const columns: ReadonlyMap<string, keyof ImportedRow> = new Map([
  ['publishedat', 'publishedAt'],
  ['published_at', 'publishedAt'],
  ['date', 'publishedAt'],
  ['title', 'title'],
  ['headline', 'title'],
  ['summary', 'summary'],
  ['ticker', 'tickers'],
  ['tickers', 'tickers'],
  ['source', 'source'],
  ['url', 'url'],
]);

/**
 * Rows of CSV with the columns `publishedAt` or `date`, `title`, and if wanted `summary`, `ticker` or `tickers`, `source`, `url`; other
 * columns are ignored.
 *
 * @param most - One row beyond these is read, so that there being too many shows.
 * @returns A sentence where the text as a whole cannot be read.
 */
export function rowsFromCsv(text: string, most: number): ImportedText | string {
  const { rows, broken } = readCsv(text, most + 2);
  const [header, ...body] = rows;
  if (!header) return broken.length > 0 ? { rows: [], problems: broken } : 'The text is empty.';
  const names = header.fields.map((name) => columns.get(name.trim().toLowerCase()));
  for (const needed of ['publishedAt', 'title'] as const) {
    if (!names.includes(needed)) {
      return 'The header must name the columns "publishedAt" (or "date") and "title", separated by commas.';
    }
  }
  const problems = [...broken];
  const read = body.flatMap(({ fields, line }) => {
    if (fields.length === names.length) {
      return [{ line, row: Object.fromEntries(names.map((name, at) => [name ?? '', fields[at]])) }];
    }
    const problem = `The row has ${fields.length} fields, the header ${names.length}.`;
    problems.push({ line, problem });
    return [];
  });
  return { rows: read, problems };
}
