import type { Requirements } from '../suite/requirements.js';
import { runSuite, type SuiteRun } from '../suite/run-suite.js';
import { type Verdict, verdictOf } from '../suite/verdict.js';
import { startApp } from './app.js';
import { PATIENCE_MS, SCENARIO_MS } from './patience.js';

/** What can be asked of a server that has none of the suite's tools, resources and prompts. */
export const generic: readonly Requirements[] = [
  {
    mode: 'server',
    revision: '2025-11-25',
    required: [
      'server-initialize',
      'ping',
      'tools-list',
      'resources-list',
      'prompts-list',
      'dns-rebinding-protection',
    ],
  },
  {
    mode: 'server',
    revision: '2026-07-28',
    required: [
      'tools-list',
      'resources-list',
      'prompts-list',
      'sep-2164-resource-not-found',
      'server-sse-multiple-streams',
      'caching',
      'input-required-result-unsupported-methods',
      'dns-rebinding-protection',
      'http-header-validation',
    ],
  },
];

/** Holds the sample app to some scenarios, one after the other: a whole set would fail for its names. */
export async function holdAppTo({ revision, required }: Requirements): Promise<Verdict> {
  const app = await startApp();
  try {
    const runs: SuiteRun[] = [];
    for (const scenario of required) {
      const asked = ['--scenario', scenario, '--spec-version', revision, '--timeout', SCENARIO_MS];
      const command = ['server', '--url', app.url, ...asked] as const;
      runs.push(await runSuite({ command, patienceMs: PATIENCE_MS }));
    }
    const bad = runs.find(({ exitCode }) => exitCode !== 0);
    return verdictOf(
      {
        exitCode: bad ? bad.exitCode : 0,
        scenarios: new Map(runs.flatMap(({ scenarios }) => [...scenarios])),
      },
      required,
    );
  } finally {
    await app.close();
  }
}
