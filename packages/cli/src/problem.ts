import type { ConfigurationProblem } from '@portcullis/core';
import { fold } from './fold.js';

/** What is wrong with the command line, the environment or the app's files. */
export type Problem = ConfigurationProblem;

/** Whether what was read is fit; the problems otherwise. */
export const isProblems = <T extends object>(
  value: T | readonly Problem[],
): value is readonly Problem[] => Array.isArray(value);

/** One sentence a line, in the words of `ConfigurationError`. */
export const problemLines = (problems: readonly Problem[], columns: number | undefined): string =>
  problems
    .map(({ option, problem, remedy }) => `${fold(`  ${option} ${problem} ${remedy}`, columns)}\n`)
    .join('');
