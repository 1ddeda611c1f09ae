import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runSuite, type SuiteRun } from '../suite/run-suite.js';

/** The suite runs all scenarios of a set at once, and gives each client half a minute. */
const PATIENCE_MS = 120_000;

/** The command: built, since the suite starts it with nothing but Node. From `src/client` as from `dist`. */
const command = ['./client/scenario.js', '../../dist/client/scenario.js']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path));

/** Runs the client mode with the demo's client. @param wanted - `--requirements REVISION`, or `--scenario NAME` with its revision. */
export function runClient(...wanted: readonly string[]): Promise<SuiteRun> {
  if (!command) throw new Error('The client is not built. Run "pnpm build" first.');
  return runSuite({
    command: ['client', '--command', `${process.execPath} ${command}`, ...wanted],
    patienceMs: PATIENCE_MS,
  });
}
