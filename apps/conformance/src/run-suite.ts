import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { formBrowser } from '@portcullis/provider-local/testing';
import type { Target } from './target.js';

/** A check of the suite, as it writes it down. Its details hold codes, so nobody prints them. */
interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** What the suite left behind. */
export interface SuiteRun {
  /** `null` when it was ended by a signal. */
  readonly exitCode: number | null;
  /** The checks of each scenario that was started. */
  readonly scenarios: ReadonlyMap<string, readonly Check[]>;
}

/** Settings of {@link runSuite}. */
export interface SuiteOptions extends Pick<Target, 'issuer'> {
  /** Without one, the suite skips the code grant. */
  readonly clientId?: string;
  readonly resource?: string;
  /** Where the suite waits for the code: `http://127.0.0.1:<port>/callback`. */
  readonly port: number;
  readonly person: Target['person'];
}

/** The suite itself waits five minutes for a browser. */
const PATIENCE_MS = 30_000;

const require = createRequire(import.meta.url);
const packageFile = require.resolve('@modelcontextprotocol/conformance/package.json');

/** Runs the authorization mode of the official MCP conformance suite, as a process, and signs a person in where it asks for a browser. */
export async function runSuite(options: SuiteOptions): Promise<SuiteRun> {
  const { issuer, clientId, resource, port, person } = options;
  const results = await mkdtemp(join(tmpdir(), 'conformance-'));
  const suite = spawn(
    process.execPath,
    [
      join(dirname(packageFile), 'dist/index.js'),
      'authorization',
      ...['--url', issuer, '--port', String(port), '--output-dir', results],
      ...(clientId === undefined ? [] : ['--client-id', clientId]),
      ...(resource === undefined ? [] : ['--resource', resource]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: PATIENCE_MS },
  );
  const ended = once(suite, 'close') as Promise<[number | null]>;
  const started: string[] = [];
  try {
    for await (const line of createInterface(suite.stdout)) {
      const [, scenario] = /^=== Running scenario: (\S+) ===$/.exec(line) ?? [];
      if (scenario) started.push(scenario);
      if (line.startsWith(`${issuer}/authorize?`)) {
        await fetch(await formBrowser().authorize(line, person));
      }
    }
    const [exitCode] = await ended;
    const scenarios = new Map<string, readonly Check[]>();
    for (const name of started) scenarios.set(name, await checksOf(results, name));
    return { exitCode, scenarios };
  } finally {
    suite.kill();
    await rm(results, { recursive: true, force: true });
  }
}

/** What a scenario wrote; nothing when it died before. */
async function checksOf(results: string, scenario: string): Promise<readonly Check[]> {
  const folders = await readdir(results);
  const folder = folders.find((name) => name.startsWith(`authorization-server-${scenario}-`));
  if (!folder) return [];
  return JSON.parse(await readFile(join(results, folder, 'checks.json'), 'utf8')) as Check[];
}
