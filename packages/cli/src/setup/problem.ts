import type { ConfigurationProblem } from '@portcullis/core';

/** What is wrong with the command line, the environment or the app's files. */
export type SetupProblem = ConfigurationProblem;

/** One sentence a line, in the words of `ConfigurationError`. */
export const problemLines = (problems: readonly SetupProblem[]): string =>
  problems.map(({ option, problem, remedy }) => `  ${option} ${problem} ${remedy}\n`).join('');
