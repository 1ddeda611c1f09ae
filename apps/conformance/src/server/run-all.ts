import { type Requirements, server2025, server2026 } from '../suite/requirements.js';
import { runSets } from '../suite/run-sets.js';
import { runSuite } from '../suite/run-suite.js';
import { type Verdict, verdictOf } from '../suite/verdict.js';
import { generic, holdAppTo } from './generic-scenarios.js';
import { PATIENCE_MS, SCENARIO_MS } from './patience.js';
import { type FixtureOptions, startFixture } from './protected-fixture.js';

/** Holds the fixture behind its gate to what one revision requires. */
export async function holdToRequirements(
  { revision, required }: Requirements,
  options: FixtureOptions,
): Promise<Verdict> {
  const fixture = await startFixture(options);
  try {
    const run = await runSuite({
      command: [
        'server',
        '--url',
        fixture.url,
        '--requirements',
        revision,
        '--timeout',
        SCENARIO_MS,
      ],
      patienceMs: PATIENCE_MS,
    });
    return verdictOf(run, required);
  } finally {
    await fixture.close();
  }
}

/** Holds the gate to all that the suite requires of servers, and prints what came of it. Returns whether all hold. */
export function runAll(print: (line: string) => void): Promise<boolean> {
  const sets = [
    { sdk: 'v1', requirements: server2025 },
    { sdk: 'v2', requirements: server2025 },
    { sdk: 'v2', requirements: server2026 },
  ] as const;
  const runs = sets.map(({ sdk, requirements }) => ({
    title: `SDK ${sdk}`,
    requirements,
    run: () => holdToRequirements(requirements, { sdk }),
  }));
  const app = generic.map((requirements) => ({
    title: 'the sample app, what is generic',
    requirements,
    run: () => holdAppTo(requirements),
  }));
  return runSets([...runs, ...app], print);
}
