import type { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';

/** A row, and the line of the text that it begins on, from 1. */
interface CsvRow {
  readonly fields: readonly string[];
  readonly line: number;
}

/** Rows that could be read, the header among them, and lines that could not. */
export interface CsvText {
  readonly rows: readonly CsvRow[];
  readonly broken: readonly { readonly line: number; readonly problem: string }[];
}

function lineEnds(text: string): number {
  return text.split('\n').length - 1;
}

/** The offset after the given number of lines. */
function offsetOf(text: string, lines: number): number {
  let offset = 0;
  for (let count = 0; count < lines; count += 1) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return text.length;
    offset = end + 1;
  }
  return offset;
}

function readOnce(
  text: string,
  before: number,
  most: number,
): { rows: CsvRow[]; error: CsvError | undefined } {
  let error: CsvError | undefined;
  const records: unknown = parse(text, {
    bom: before === 0,
    info: true,
    ...(most < Number.POSITIVE_INFINITY ? { to: most } : {}),
    relax_column_count: true,
    // A stray quote inside a field is a character like any other.
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (found) => {
      error ??= found;
      return undefined;
    },
  });
  const rows = (records as { record: string[]; info: { lines: number } }[]).map(
    ({ record, info }) => {
      // `lines` is where the row ends; a quoted field may hold line ends of its own.
      const inside = record.reduce((sum, field) => sum + lineEnds(field), 0);
      return { fields: record, line: before + info.lines - inside };
    },
  );
  return { rows, error };
}

/**
 * Reads CSV: commas, quoted fields, any line ends (given as a line feed inside of fields), a byte order mark. Does NOT bound
 * the text or a field of it.
 *
 * A quote that is never closed would swallow the rest: its line is reported and reading goes on with the next one.
 *
 * @param most - Reading ends with this row, broken ones counted. Default: all are read.
 */
export function readCsv(text: string, most = Number.POSITIVE_INFINITY): CsvText {
  const rows: CsvRow[] = [];
  const broken: { line: number; problem: string }[] = [];
  // One kind of line end, so that lines are counted alike inside and outside of quotes.
  let [rest, before] = [text.replace(/\r\n?/g, '\n'), 0];
  while (rest !== '' && rows.length + broken.length < most) {
    const room = most - rows.length - broken.length;
    const { rows: found, error } = readOnce(rest, before, room);
    if (!error) return { rows: [...rows, ...found], broken };
    if (error.code !== 'CSV_QUOTE_NOT_CLOSED') {
      const line = before + (typeof error.lines === 'number' ? error.lines : 1);
      broken.push({ line, problem: 'The row is not well-formed CSV; what follows may be lost.' });
      return { rows: [...rows, ...found], broken };
    }
    rows.push(...found);
    const last = found.at(-1);
    const end = last
      ? last.line - before + last.fields.reduce((sum, field) => sum + lineEnds(field), 0)
      : 0;
    const blank = /^\n*/.exec(rest.slice(offsetOf(rest, end)))?.[0] ?? '';
    const dropped = end + lineEnds(blank) + 1;
    broken.push({ line: before + dropped, problem: 'A quote in the row is never closed.' });
    rest = rest.slice(offsetOf(rest, dropped));
    before += dropped;
  }
  return { rows, broken };
}
