import { type Requirements, server2026 } from '../suite/requirements.js';
import { runSets } from '../suite/run-sets.js';
import { runSuite } from '../suite/run-suite.js';
import { type Verdict, verdictOf } from '../suite/verdict.js';
import { type Grant, startFixture } from './protected-fixture.js';

/** The suite gives up on a scenario after five seconds; a whole set takes about as long. */
const PATIENCE_MS = 120_000;

/** Holds the fixture behind its gate to what one revision requires. */
export async function holdToRequirements(
  { revision, required }: Requirements,
  grant?: Grant,
): Promise<Verdict> {
  const fixture = await startFixture(grant);
  try {
    const run = await runSuite({
      command: ['server', '--url', fixture.url, '--requirements', revision, '--timeout', '5000'],
      patienceMs: PATIENCE_MS,
    });
    return verdictOf(run, required);
  } finally {
    await fixture.close();
  }
}

/** Holds the gate to all that the suite requires of servers, and prints what came of it. Returns whether all hold. */
export function runAll(print: (line: string) => void): Promise<boolean> {
  const sets = [server2026].map((requirements) => ({
    title: 'SDK v2',
    requirements,
    run: () => holdToRequirements(requirements),
  }));
  return runSets(sets, print);
}
