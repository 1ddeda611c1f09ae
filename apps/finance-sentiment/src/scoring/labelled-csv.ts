import { readCsv } from '../csv/read-csv.js';
import { parseLabel } from '../sentiment/label.js';
import type { SentimentLabel } from '../sentiment/sentiment.js';

/** A text and what a person says of it. */
export interface Labelled {
  readonly text: string;
  readonly label: SentimentLabel;
}

/** Rows that can be scored, and rows that cannot. */
export interface LabelledCsv {
  readonly rows: readonly Labelled[];
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
}

/** The file is of no use at all. The message is for whoever gave it. */
export class LabelledCsvError extends Error {
  override readonly name = 'LabelledCsvError';
}

/**
 * Reads CSV with the columns `text` and `label`, in any order among any others.
 *
 * @throws {LabelledCsvError} when the text is empty, has no such header, or has no row at all.
 */
export function readLabelledCsv(csv: string): LabelledCsv {
  const { rows, broken } = readCsv(csv);
  const [header, ...body] = rows;
  if (!header) throw new LabelledCsvError('The file is empty.');
  const names = header.fields.map((name) => name.trim().toLowerCase());
  const [textAt, labelAt] = [names.indexOf('text'), names.indexOf('label')];
  if (textAt < 0 || labelAt < 0) {
    throw new LabelledCsvError(
      'The first line must be a header with the columns "text" and "label", separated by commas.',
    );
  }
  if (body.length === 0 && broken.length === 0)
    throw new LabelledCsvError('The file has a header but no rows.');
  const good: Labelled[] = [];
  const problems = [...broken];
  for (const { fields, line } of body) {
    const text = fields[textAt]?.trim();
    const label = parseLabel(fields[labelAt] ?? '');
    if (fields.length !== names.length) {
      problems.push({
        line,
        problem: `The row has ${fields.length} fields, the header ${names.length}.`,
      });
    } else if (!text) problems.push({ line, problem: 'The text is empty.' });
    else if (!label)
      problems.push({ line, problem: 'The label is none of positive, negative, neutral.' });
    else good.push({ text, label });
  }
  return { rows: good, problems: problems.sort((a, b) => a.line - b.line) };
}
