import type { ConfigurationProblem } from '@portcullis/core';
import { wholeNumberProblems } from '../whole-number.js';
import { signingAlgorithms } from './signing-keys.js';

/** What is wrong with the options about keys. */
export function keyProblems(
  algorithm: unknown,
  rotationDays: unknown,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  if (!signingAlgorithms.some((known) => known === algorithm)) {
    problems.push({
      option: 'signingAlgorithm',
      problem: `must be one of ${signingAlgorithms.join(', ')}; got ${JSON.stringify(algorithm)}.`,
      remedy: 'Leave it out for ES256.',
    });
  }
  const remedy = 'Leave it out for 30 days.';
  return [...problems, ...wholeNumberProblems('keyRotationDays', rotationDays, [1, 365], remedy)];
}
