import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fold } from '../fold.js';
import type { ExitCode, Io } from '../io.js';
import { printable } from '../printable.js';
import { isProblems, type Problem, problemLines } from '../problem.js';
import { applyPlan } from './apply-plan.js';
import { readArguments, type SetupArguments, type VendorId } from './arguments.js';
import { loadVocabulary } from './load-vocabulary.js';
import { hasDrift } from './plan.js';
import { showPlan } from './show-plan.js';
import type { Connection, Vendor, Wish } from './vendor.js';
import { VendorFailure } from './vendor-failure.js';
import { readWish } from './wish.js';

/**
 * `portcullis setup auth0 …`: arguments and vocabulary → what is wished → what there is → plan →
 * shown, and applied where `--apply` says so.
 *
 * @param words - What follows the vendor's name on the command line.
 */
export async function setup<Call>(
  vendor: Vendor<Call>,
  words: readonly string[],
  context: { readonly id: VendorId; readonly io: Io },
): Promise<ExitCode> {
  const { id, io } = context;
  const options = readArguments(id, words);
  if (isProblems(options)) return invalid(options, io);
  const vocabulary = await loadVocabulary(options.scopes, {
    export: options.export,
    directory: io.directory,
  });
  if (isProblems(vocabulary)) return invalid(vocabulary, io);
  const wish = readWish(options, vocabulary);
  if (isProblems(wish)) return invalid(wish, io);

  if (options.mode === 'terraform') {
    if (vendor.terraform) return write(vendor.terraform(wish), options, io);
    const option = '--terraform';
    const problem = `is not to be had: ${vendor.name} documents no provider for Terraform.`;
    return invalid([{ option, problem, remedy: 'Use --apply or --instructions.' }], io);
  }
  if (options.mode === 'instructions') return write(vendor.instructions(wish), options, io);

  const connection = vendor.connect(wish, io);
  if (isProblems(connection)) {
    const code = invalid(connection, io);
    const other = vendor.terraform ? '--terraform or --instructions' : '--instructions';
    io.err(`Without credentials, ${other} writes down what has to be done.\n`);
    return code;
  }
  try {
    return await withVendor(vendor, wish, { connection, io });
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    io.err(`${fold(error.message, io.columns)}\nNothing was changed.\n`);
    return 2;
  }
}

async function withVendor<Call>(
  vendor: Vendor<Call>,
  wish: Wish,
  context: { readonly connection: Connection<Call>; readonly io: Io },
): Promise<ExitCode> {
  const { connection, io } = context;
  const { mode } = wish.arguments;
  const plan = await connection.plan();
  io.out(`${printable(`${connection.target}, for ${wish.resource}`)}\n\n`);
  io.out(showPlan(plan, io));
  if (mode === 'apply') return applyPlan(plan, { vendor: vendor.name, connection, io });
  if (!hasDrift(plan)) {
    io.out('Nothing to do.\n');
    return 0;
  }
  const open = plan.some(({ call }) => call !== undefined);
  const rest = 'What is marked with ! is left to you.';
  if (mode === 'check') {
    const next = open ? 'Run it with --apply in place of --check.' : rest;
    io.out(`${vendor.name} differs from what the app needs. ${next}\n`);
    return 1;
  }
  io.out(`Nothing was changed. ${open ? 'Run the same with --apply to do it.' : rest}\n`);
  return 0;
}

function invalid(problems: readonly Problem[], io: Io): ExitCode {
  io.err(`Cannot set up:\n${problemLines(problems, io.columns)}`);
  return 2;
}

/** Never over a file that is there: somebody may have edited it. */
async function write(text: string, { file }: SetupArguments, io: Io): Promise<ExitCode> {
  if (file === undefined) {
    io.out(text);
    return 0;
  }
  try {
    await writeFile(resolve(io.directory, file), text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = code === 'EEXIST' ? 'it exists already; choose another name.' : `${code}.`;
    io.err(`Cannot write ${printable(file)}: ${why}\n`);
    return 2;
  }
  io.out(`Written to ${printable(file)}.\n`);
  return 0;
}
