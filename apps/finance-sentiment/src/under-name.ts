import { ConfigurationError } from '@portcullis/core';

/**
 * Runs a step of the wiring. What a package finds wrong with its options is told under the name of the environment variable that
 * sets them, since whoever runs the server knows no other.
 *
 * @param variable - That variable, or one for each option. An option without one keeps its name.
 * @param work - May be asynchronous.
 * @param remedy - What to do, in terms of that variable. Default: what the package says.
 */
export function underName<T>(
  variable: string | Readonly<Record<string, string>>,
  work: () => T,
  remedy?: string,
): T {
  const rethrow = (error: unknown): never => {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error.problems.map((found) => ({
      option: typeof variable === 'string' ? variable : (variable[found.option] ?? found.option),
      problem: found.problem,
      remedy: remedy ?? found.remedy,
    }));
    throw new ConfigurationError(problems, { cause: error });
  };
  try {
    const result = work();
    return result instanceof Promise ? (result.catch(rethrow) as T) : result;
  } catch (error) {
    return rethrow(error);
  }
}
