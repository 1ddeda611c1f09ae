import type { ConfigurationProblem } from '@portcullis/core';
import { wholeNumberProblems } from '../whole-number.js';

/** What is wrong with the options about registration. */
export function registrationProblems(
  dynamicRegistration: unknown,
  unusedRegistrationDays: unknown,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  if (
    ![undefined, true, false, 'initial_access_token'].includes(dynamicRegistration as undefined)
  ) {
    problems.push({
      option: 'dynamicRegistration',
      problem: `must be true, false or "initial_access_token"; got ${JSON.stringify(dynamicRegistration)}.`,
      remedy: 'Leave it out for on with a loopback issuer and off with any other.',
    });
  }
  return [
    ...problems,
    ...wholeNumberProblems(
      'unusedRegistrationDays',
      unusedRegistrationDays,
      [1, 365],
      'Leave it out for 7 days.',
    ),
  ];
}
