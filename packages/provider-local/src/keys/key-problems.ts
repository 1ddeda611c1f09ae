import type { ConfigurationProblem } from '@portcullis/core';
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
  const days = Number(rotationDays);
  if (!Number.isInteger(rotationDays) || days < 1 || days > 365) {
    problems.push({
      option: 'keyRotationDays',
      problem: `must be a whole number from 1 to 365; got ${String(rotationDays)}.`,
      remedy: 'Leave it out for 30 days.',
    });
  }
  return problems;
}
