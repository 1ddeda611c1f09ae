import { reportLines, tally } from './report.js';
import type { Requirements } from './requirements.js';
import type { Verdict } from './verdict.js';

/** One set of requirements, and what is held to it. */
export interface RequirementRun {
  /** Who is held to it. */
  readonly title: string;
  readonly requirements: Requirements;
  run(): Promise<Verdict>;
}

/** Runs one set after the other and prints what came of them; the last line is the sum. Returns whether all hold. */
export async function runSets(
  sets: readonly RequirementRun[],
  print: (line: string) => void,
): Promise<boolean> {
  const tallies: string[] = [];
  let all = true;
  for (const { title, requirements, run } of sets) {
    const verdict = await run();
    for (const line of reportLines(`${title}, ${requirements.revision}`, verdict)) print(line);
    tallies.push(`${tally(requirements, verdict)} (${title})`);
    all &&= verdict.holds;
  }
  print(`${tallies.join(', ')}: ${all ? 'all hold' : 'NOT all hold'}`);
  return all;
}
