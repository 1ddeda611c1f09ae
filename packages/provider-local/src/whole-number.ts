import type { ConfigurationProblem } from '@portcullis/core';

/** What is wrong with an option that has to be a whole number within bounds; both bounds are allowed, and so is leaving it out. */
export function wholeNumberProblems(
  option: string,
  value: unknown,
  [least, most]: readonly [number, number],
  remedy: string,
): readonly ConfigurationProblem[] {
  const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  if (value === undefined || fits) return [];
  const problem = `must be a whole number from ${least} to ${most}; got ${String(value)}.`;
  return [{ option, problem, remedy }];
}
