import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluateTexts } from './scoring/evaluation.js';
import { evaluationTable } from './scoring/evaluation-table.js';
import { LabelledCsvError, readLabelledCsv } from './scoring/labelled-csv.js';

const usage = 'Usage: pnpm score FILE.csv [--json]   (columns: text,label)';
/** Problems that are printed one by one. */
const MAX_SHOWN = 50;

/** Something that only whoever called can put right. */
class UsageError extends Error {}

function readArguments(): { file: string; json: boolean } {
  try {
    const { positionals, values } = parseArgs({
      // pnpm hands on the `--` that some people put before the arguments.
      args: process.argv.slice(2).filter((argument) => argument !== '--'),
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file === undefined) throw new UsageError(`No file given. ${usage}`);
    if (more.length > 0) throw new UsageError(`One file at a time. ${usage}`);
    return { file, json: values.json };
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(`${error.message.split('\n')[0]} ${usage}`);
  }
}

function readText(file: string): string {
  // pnpm runs scripts in the package's folder; INIT_CWD is where the reader stands.
  const path = resolve(process.env['INIT_CWD'] ?? process.cwd(), file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new UsageError(`There is no file "${path}".`);
    if (code === 'EISDIR') throw new UsageError(`"${path}" is a directory. Name a CSV file.`);
    if (code === 'EACCES') throw new UsageError(`"${path}" may not be read.`);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new UsageError(`"${path}" is not UTF-8. Save it as UTF-8.`);
    }
    throw new UsageError(`"${path}" cannot be read (${String(code)}).`);
  }
}

function run(): void {
  const { file, json } = readArguments();
  const { rows, problems } = readLabelledCsv(readText(file));
  for (const { line, problem } of problems.slice(0, MAX_SHOWN)) {
    process.stderr.write(`Line ${line}: ${problem}\n`);
  }
  if (problems.length > MAX_SHOWN) {
    process.stderr.write(`… and ${problems.length - MAX_SHOWN} more rows that cannot be scored.\n`);
  }
  if (rows.length === 0) throw new UsageError('No row can be scored.');
  const evaluation = evaluateTexts(rows);
  const skipped = problems.length;
  const output = json
    ? JSON.stringify({ ...evaluation, skipped })
    : evaluationTable(evaluation, skipped);
  process.stdout.write(`${output}\n`);
}

try {
  run();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof LabelledCsvError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
