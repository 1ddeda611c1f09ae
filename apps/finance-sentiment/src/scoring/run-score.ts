import { isUtf8 } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluateTexts } from './evaluation.js';
import { evaluationPlot } from './evaluation-plot.js';
import { evaluationTable } from './evaluation-table.js';
import { LabelledCsvError, readLabelledCsv } from './labelled-csv.js';

const usage = `Usage: pnpm score FILE.csv [--json] [--plot FILE.svg]

Scores a CSV file with the columns "text" and "label" (positive, negative, neutral).

  --json           one line of JSON instead of a table
  --plot FILE.svg  also draw the confusion matrix
  --help           show this text`;
/** Problems that are printed one by one. */
const MAX_SHOWN = 50;

/** Where a run reads and writes. */
export interface ScoreIo {
  /** Relative files are looked for here. */
  readonly cwd: string;
  /** Results alone. */
  out(line: string): void;
  /** Everything else. */
  warn(line: string): void;
}

/** Something that only whoever called can put right. */
class UsageError extends Error {}

/** `undefined` when only the usage is wanted. */
function readArguments(
  args: readonly string[],
): { file: string; json: boolean; plot?: string } | undefined {
  try {
    const { positionals, values } = parseArgs({
      // pnpm hands on the `--` that some people put before the arguments.
      args: args.filter((argument) => argument !== '--'),
      options: {
        json: { type: 'boolean', default: false },
        plot: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    if (values.help) return undefined;
    const [file, ...more] = positionals;
    if (file === undefined) throw new UsageError(`No file given.\n\n${usage}`);
    if (more.length > 0) throw new UsageError(`One file at a time.\n\n${usage}`);
    const { json, plot } = values;
    return { file, json, ...(plot === undefined ? {} : { plot }) };
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(`${error.message.split('. ')[0]}.\n\n${usage}`);
  }
}

function decode(bytes: Uint8Array, warn: (line: string) => void): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  warn('The file is not UTF-8; it is read as Windows-1252.');
  return new TextDecoder('windows-1252').decode(bytes);
}

function readText(path: string, warn: (line: string) => void): string {
  try {
    return decode(readFileSync(path), warn);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new UsageError(`There is no file "${path}".`);
    if (code === 'EISDIR') throw new UsageError(`"${path}" is a directory. Name a CSV file.`);
    if (code === 'EACCES') throw new UsageError(`"${path}" may not be read.`);
    throw new UsageError(`"${path}" cannot be read (${String(code)}).`);
  }
}

function writePlot(path: string, svg: string): void {
  try {
    writeFileSync(path, svg);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new UsageError(`"${path}" cannot be written (${String(code)}).`);
  }
}

/**
 * Measures the engine on a labelled CSV file and writes a table, or with `--json` one line.
 *
 * @param args - `FILE.csv [--json] [--plot FILE.svg]`, or `--help`.
 * @returns The exit status: 0, or 2 when the file cannot be scored at all.
 */
export function runScore(args: readonly string[], { cwd, out, warn }: ScoreIo): number {
  try {
    const wanted = readArguments(args);
    if (!wanted) {
      out(usage);
      return 0;
    }
    const { file, json, plot } = wanted;
    const { rows, problems } = readLabelledCsv(readText(resolve(cwd, file), warn));
    for (const { line, problem } of problems.slice(0, MAX_SHOWN)) warn(`Line ${line}: ${problem}`);
    if (problems.length > MAX_SHOWN) {
      warn(`… and ${problems.length - MAX_SHOWN} more rows that cannot be scored.`);
    }
    if (rows.length === 0) throw new UsageError('No row can be scored.');
    const evaluation = evaluateTexts(rows);
    if (plot !== undefined)
      writePlot(resolve(cwd, plot), evaluationPlot(evaluation, basename(file)));
    const skipped = problems.length;
    out(json ? JSON.stringify({ ...evaluation, skipped }) : evaluationTable(evaluation, skipped));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof LabelledCsvError)) throw error;
    warn(error.message);
    return 2;
  }
}
