import type { ConfigurationProblem } from '@portcullis/core';

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
  const days = Number(unusedRegistrationDays);
  if (!Number.isInteger(unusedRegistrationDays) || days < 1 || days > 365) {
    problems.push({
      option: 'unusedRegistrationDays',
      problem: `must be a whole number from 1 to 365; got ${String(unusedRegistrationDays)}.`,
      remedy: 'Leave it out for 7 days.',
    });
  }
  return problems;
}
