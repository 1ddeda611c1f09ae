import { ConfigurationError } from '@portcullis/core';

/**
 * Runs a step of the wiring. What a package finds wrong with its options is told under the name of the environment variable that
 * sets them, since whoever runs the server knows no other.
 *
 * @param remedy - What to do, in terms of that variable. Default: what the package says.
 */
export function underName<T>(variable: string, work: () => T, remedy?: string): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error.problems.map((found) => ({
      option: variable,
      problem: found.problem,
      remedy: remedy ?? found.remedy,
    }));
    throw new ConfigurationError(problems, { cause: error });
  }
}
