import type { Check, SuiteRun } from './run-suite.js';

/** What came of one scenario. */
export interface ScenarioVerdict {
  readonly name: string;
  readonly passed: number;
  /** What the suite says, one for each failure and warning. */
  readonly complaints: readonly string[];
  /** It checked nothing. The suite itself counts that as passed. */
  readonly skipped: boolean;
}

/** What came of one run of the suite. */
export interface Verdict {
  /** No failure and no warning, and nothing that was asked for left out. */
  readonly holds: boolean;
  readonly passed: number;
  /** `scenario: what the suite says`, one for each failure and warning; what is wrong with the run as a whole has no scenario. */
  readonly complaints: readonly string[];
  /** Scenarios that checked nothing. */
  readonly skipped: readonly string[];
  /** What was run beside what is required. Counts for nothing. */
  readonly unscored: readonly ScenarioVerdict[];
}

/** Holds wherever no message was seen that breaks the schema, so also where no message was seen. */
const SCHEMA_CHECK = 'wire-schema-valid';

/**
 * Reads a run more strictly than the exit code of the suite does.
 *
 * @param required - The scenarios that have to pass; one that was not run is a complaint. Default: all that were run.
 */
export function verdictOf(
  { exitCode, scenarios }: Pick<SuiteRun, 'exitCode' | 'scenarios'>,
  required: readonly string[] = [...scenarios.keys()],
): Verdict {
  const judged = [...scenarios].map(([name, checks]) => scenarioVerdict(name, checks));
  const scored = judged.filter(({ name }) => required.includes(name));
  const complaints = [
    ...scored.flatMap(({ name, complaints: said }) => said.map((one) => `${name}: ${one}`)),
    ...required.filter((name) => !scenarios.has(name)).map((name) => `${name}: was not run`),
  ];
  if (scenarios.size === 0) complaints.push('The suite started no scenario.');
  if (exitCode !== 0) complaints.push(`The suite ended with ${exitCode ?? 'a signal'}.`);
  const skipped = scored.filter((scenario) => scenario.skipped).map(({ name }) => name);
  return {
    holds: complaints.length + skipped.length === 0,
    passed: scored.reduce((sum, { passed }) => sum + passed, 0),
    complaints,
    skipped,
    unscored: judged.filter(({ name }) => !required.includes(name)),
  };
}

function scenarioVerdict(name: string, checks: readonly Check[]): ScenarioVerdict {
  const made = checks.filter(({ status }) => status !== 'SKIPPED' && status !== 'INFO');
  const complaints = made
    .filter(({ status }) => status !== 'SUCCESS')
    .map(({ id, status, errorMessage = 'no reason given' }) => {
      return `${status.toLowerCase()} of ${id}, ${errorMessage}`;
    });
  const skipped = made.every(({ id, status }) => id === SCHEMA_CHECK && status === 'SUCCESS');
  return { name, passed: made.length - complaints.length, complaints, skipped };
}
