import type { SuiteRun } from './run-suite.js';

/** What came of one run of the suite. */
export interface Verdict {
  /** No failure, no warning, and nothing that was asked for left out. */
  readonly holds: boolean;
  readonly passed: number;
  /** `scenario: what the suite says`, one for each failure and warning. */
  readonly complaints: readonly string[];
  /** Scenarios that checked nothing. The suite itself counts them as passed. */
  readonly skipped: readonly string[];
}

/** Reads a run more strictly than the exit code of the suite does. */
export function verdictOf({ exitCode, scenarios }: SuiteRun): Verdict {
  const complaints: string[] = [];
  const skipped: string[] = [];
  let passed = 0;
  for (const [scenario, checks] of scenarios) {
    const made = checks.filter(({ status }) => status !== 'SKIPPED' && status !== 'INFO');
    if (made.length === 0) skipped.push(scenario);
    for (const { id, status, errorMessage = 'no reason given' } of made) {
      if (status === 'SUCCESS') passed += 1;
      else complaints.push(`${scenario}: ${status.toLowerCase()} of ${id}, ${errorMessage}`);
    }
  }
  if (scenarios.size === 0) complaints.push('The suite started no scenario.');
  if (exitCode !== 0) complaints.push(`The suite ended with ${exitCode ?? 'a signal'}.`);
  return { holds: complaints.length + skipped.length === 0, passed, complaints, skipped };
}
