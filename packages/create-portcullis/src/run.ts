import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { help, oldNode } from './help.js';
import { nextCommands } from './next-commands.js';
import { type Given, readOptions, UsageError } from './options.js';
import { folderProblem } from './project-name.js';
import { complete, type Keyboard, NobodyAnswers } from './questions.js';
import { startRepository } from './repository.js';
import { writeProject } from './write-project.js';

/** Everything that comes from outside, so that a test is the same run in other hands. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the command runs: the project's folder starts here. */
  readonly directory: string;
  /** Folder of the template. */
  readonly template: string;
  /** Such as `24.21.0`. */
  readonly nodeVersion: string;
  /** Somebody who can be asked. Absent: nothing is asked. */
  readonly keyboard?: Keyboard;
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
}

/**
 * Runs `create-portcullis …`.
 *
 * @param words - What follows the program's name.
 * @returns The exit status. 0: done. 1: it could not be done. 2: the command line is wrong. 130: the person left. With all but 0, nothing
 *   is left behind.
 */
export async function run(words: readonly string[], io: Io): Promise<0 | 1 | 2 | 130> {
  const problem = oldNode(io.nodeVersion);
  if (problem) return failed(io, problem);
  try {
    const given = readOptions(words, io.env);
    if (given.help) {
      io.out(help);
      return 0;
    }
    if (given.version) {
      io.out(`${ownVersion(io.template)}\n`);
      return 0;
    }
    return await create(given, io);
  } catch (error) {
    if (error instanceof NobodyAnswers) {
      io.err('\nNothing was written.\n');
      return 130;
    }
    if (error instanceof UsageError) {
      io.err(`${error.message}\nSee create-portcullis --help.\n`);
      return 2;
    }
    const { message } = error instanceof Error ? error : { message: String(error) };
    return failed(io, `${message.replace(/\.?$/, '.')} Nothing was written.`);
  }
}

async function create(given: Given, io: Io): Promise<0 | 1> {
  const problemOf = (written: string) => folderProblem(written, io.directory);
  // Before the questions: nobody likes to answer them for nothing.
  const early = given.directory === undefined ? undefined : problemOf(given.directory);
  if (early) return failed(io, early);
  const choice = await complete(given, { ...io, folderProblem: problemOf });
  const problem = problemOf(choice.directory);
  if (problem) return failed(io, problem);

  const folder = resolve(io.directory, choice.directory);
  const name = basename(folder);
  const project = { ...choice, name, folder, template: io.template };
  const history = await writeProject(project, (written) =>
    choice.git ? startRepository(written, folder, io.env) : undefined,
  );
  io.out(`\nMade ${name} in ${folder}: ${choice.host}, ${choice.provider}.\n`);
  if (history) io.out(`${history}\n`);
  io.out(
    `\nNext:\n\n${nextCommands(choice)
      .map((line) => `  ${line}\n`)
      .join('')}\n`,
  );
  io.out('The demo explains every step. README.md says where things are.\n');
  return 0;
}

function failed(io: Io, message: string): 1 {
  io.err(`${message}\n`);
  return 1;
}

function ownVersion(template: string): string {
  const text = readFileSync(join(template, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
