import type { ConfigurationProblem } from '@portcullis/core';
import { fold } from '../fold.js';

/** What is wrong with the command line, the environment or the app's files. */
export type SetupProblem = ConfigurationProblem;

/** One sentence a line, in the words of `ConfigurationError`. */
export const problemLines = (
  problems: readonly SetupProblem[],
  columns: number | undefined,
): string =>
  problems
    .map(({ option, problem, remedy }) => `${fold(`  ${option} ${problem} ${remedy}`, columns)}\n`)
    .join('');
