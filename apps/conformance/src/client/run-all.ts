import { client2025, client2026, type Requirements } from '../suite/requirements.js';
import { runSets } from '../suite/run-sets.js';
import { type Verdict, verdictOf } from '../suite/verdict.js';
import { withEndings } from './endings.js';
import { runClient } from './run-client.js';

/** Holds the demo's client to what one revision requires. */
async function holdToRequirements({ revision, required }: Requirements): Promise<Verdict> {
  const run = await runClient('--requirements', revision);
  return withEndings(verdictOf(run, required), run);
}

/** Holds the demo's client to all that the suite requires of clients, and prints what came of it. Returns whether all hold. */
export function runAll(print: (line: string) => void): Promise<boolean> {
  const sets = [client2025, client2026].map((requirements) => ({
    title: "the demo's client",
    requirements,
    run: () => holdToRequirements(requirements),
  }));
  return runSets(sets, print);
}
