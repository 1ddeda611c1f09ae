import { resolve } from 'node:path';
import { type AuditFileReport, type ChainHead, verifyAuditFile } from '@portcullis/core/node';
import { fold } from '../fold.js';
import type { ExitCode, Io } from '../io.js';
import { printable } from '../printable.js';
import { type Problem, problemLines } from '../problem.js';
import { readOptions } from '../read-options.js';

/**
 * `portcullis audit verify <file>`: whether the lines of an audit file are those that were written.
 *
 * @param given - What follows the command.
 */
export async function auditVerify(given: readonly string[], io: Io): Promise<ExitCode> {
  const {
    values,
    words,
    problems: misread,
  } = readOptions(given, {
    ...{ command: 'audit verify', help: 'portcullis audit --help', options: { head: 'string' } },
    secrets: 'It needs none.',
  });
  const problems: Problem[] = [...misread];
  const [file, ...more] = words;
  if (file === undefined || file === '' || more.length > 0) {
    const problem = more.length > 0 ? 'came more than once.' : 'is missing.';
    problems.push({ option: 'The file', problem, remedy: 'Pass the path of one audit file.' });
  }
  const head = values.get('head');
  if (head !== undefined && !/^[0-9a-f]{64}$/i.test(head)) {
    const problem = 'is no SHA-256 in hexadecimal.';
    const remedy = 'Pass the 64 characters that an earlier run printed after "head".';
    problems.push({ option: '--head', problem, remedy });
  }
  if (problems.length > 0 || file === undefined) {
    io.err(`Cannot verify:\n${problemLines(problems, io.columns)}`);
    return 2;
  }
  const name = printable(file);
  const say = (text: string) => io.out(`${fold(text, io.columns)}\n`);
  let report: AuditFileReport;
  try {
    report = await verifyAuditFile(resolve(io.directory, file), head === undefined ? {} : { head });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = code === 'ENOENT' ? 'it is not there.' : `${printable(code)}.`;
    io.err(`Cannot verify ${name}: ${why}\n`);
    return 2;
  }
  if (report.kind === 'broken') {
    say(`${name} is BROKEN: ${reasons[report.reason](report.line)}`);
    return 1;
  }
  say(`${name} is intact: ${lines(report.head)}, head ${report.head.sha256}`);
  if (report.tornBytes > 0) {
    say(
      `After the last line stand ${report.tornBytes} bytes of one that is being written, or that a crash cut off.`,
    );
  }
  if (head === undefined) {
    say(
      'Lines cut from the end show only against a head that was noted elsewhere: --head <sha256>.',
    );
  }
  return 0;
}

const lines = ({ sequence }: ChainHead): string =>
  sequence === 1 ? '1 line' : `${sequence} lines`;

/** What the first line that does not fit says of the file. */
const reasons: Readonly<
  Record<(AuditFileReport & { kind: 'broken' })['reason'], (line: number) => string>
> = {
  not_an_event: (line) => `line ${line} is no audit line.`,
  sequence: (line) =>
    `line ${line} does not have the number ${line}: a line was left out, inserted or moved.`,
  hash: (line) =>
    line === 1
      ? 'line 1 does not begin a chain: it was changed.'
      : `line ${line} does not follow from line ${line - 1}: one of the two was changed.`,
  head_missing: (line) =>
    `its ${line - 1} lines follow from each other, but none has the head that was noted: lines were cut from the end, or the file was written anew.`,
};
