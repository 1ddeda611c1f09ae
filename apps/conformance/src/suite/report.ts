import type { Requirements } from './requirements.js';
import type { ScenarioVerdict, Verdict } from './verdict.js';

/** The lines about one run, for people: what is wrong, what checked nothing, and what was run beside. */
export function reportLines(title: string, verdict: Verdict): readonly string[] {
  const { holds, passed, complaints, skipped, unscored } = verdict;
  const beside = (said: string, fits: (scenario: ScenarioVerdict) => boolean) => {
    const names = unscored.filter(fits).map(({ name }) => name);
    return names.length > 0 ? [`      not required, ${said}: ${names.join(', ')}`] : [];
  };
  return [
    `${holds ? 'ok  ' : 'FAIL'}  ${title}: ${passed} passed`,
    ...complaints.map((complaint) => `      ${complaint}`),
    ...skipped.map((scenario) => `      ${scenario}: skipped, it checked nothing`),
    ...beside('passed', (one) => one.complaints.length === 0 && !one.skipped),
    ...beside('failed', (one) => one.complaints.length > 0),
    ...beside('skipped, it checked nothing', (one) => one.skipped),
  ];
}

/** How many of the required scenarios passed: `30/30 of server 2025-11-25`. */
export function tally({ mode, revision, required }: Requirements, verdict: Verdict): string {
  const { complaints, skipped } = verdict;
  const passed = required.filter((name) => {
    const complained = complaints.some((complaint) => complaint.startsWith(`${name}: `));
    return !complained && !skipped.includes(name);
  });
  return `${passed.length}/${required.length} of ${mode} ${revision}`;
}
