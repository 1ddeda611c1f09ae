import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A check of the suite, as it writes it down. Its details hold codes and tokens, so nobody prints them. */
export interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** What the suite left behind. */
export interface SuiteRun {
  /** `null` when it was ended by a signal. */
  readonly exitCode: number | null;
  /** The checks of each scenario that left any trace. */
  readonly scenarios: ReadonlyMap<string, readonly Check[]>;
  /** What the client under test printed, by scenario. Empty in the other modes. */
  readonly said: ReadonlyMap<string, string>;
}

/** Settings of {@link runSuite}. */
export interface SuiteOptions {
  /** The command of the suite and its options, without a folder for results. */
  readonly command: readonly ['authorization' | 'client' | 'server', ...string[]];
  /** How long the whole run may take, in milliseconds. */
  readonly patienceMs: number;
  /** Told each line that the suite prints, one after the other. */
  readonly onLine?: (line: string) => Promise<void> | void;
}

const require = createRequire(import.meta.url);
const packageFile = require.resolve('@modelcontextprotocol/conformance/package.json');

/** Folders are called `<mode>-<scenario>-<time>`, those of client mode without the first part. */
const FOLDER = /^(?:server-|authorization-server-)?(.+)-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

/** Runs the official MCP conformance suite as a process, and reads the results that it wrote. Does not judge them. */
export async function runSuite({ command, patienceMs, onLine }: SuiteOptions): Promise<SuiteRun> {
  const results = await mkdtemp(join(tmpdir(), 'conformance-'));
  const [mode] = command;
  const suite = spawn(
    process.execPath,
    [join(dirname(packageFile), 'dist/index.js'), ...command, '--output-dir', results],
    // What it says there of scenarios and clients, also of those that are to fail, stands in the results as well.
    {
      stdio: ['ignore', 'pipe', mode === 'authorization' ? 'inherit' : 'ignore'],
      timeout: patienceMs,
    },
  );
  const ended = once(suite, 'close') as Promise<[number | null]>;
  const scenarios = new Map<string, readonly Check[]>();
  const said = new Map<string, string>();
  try {
    for await (const line of createInterface(suite.stdout)) {
      const [, started] = /^=== Running scenario: (\S+) ===$/.exec(line) ?? [];
      // One that dies on the way leaves no results, and is not to be forgotten.
      if (started) scenarios.set(started, []);
      await onLine?.(line);
    }
    const [exitCode] = await ended;
    for (const path of await readdir(results, { recursive: true })) {
      const [, scenario] = FOLDER.exec(path) ?? [];
      if (scenario === undefined) continue;
      const read = (file: string) => readFile(join(results, path, file), 'utf8').catch(() => '');
      scenarios.set(scenario, JSON.parse((await read('checks.json')) || '[]'));
      if (mode === 'client') said.set(scenario, await read('stdout.txt'));
    }
    return { exitCode, scenarios, said };
  } finally {
    suite.kill();
    await rm(results, { recursive: true, force: true });
  }
}
