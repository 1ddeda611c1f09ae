import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { listen, stop } from './listening.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  await stop(server, 0);
  return port;
}

/** The program at work. */
interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** Resolves when the text has been printed. */
  prints(text: string): Promise<void>;
}

/** Where a file of tests starts the program. */
export interface ProgramStage {
  /** A folder that is gone when the tests are over. */
  readonly folder: string;
  /** The program with this environment and nothing else of ours. */
  start(env: NodeJS.ProcessEnv): Started;
}

/** Registers its hooks with the test runner. */
export function stageProgram(): ProgramStage {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeAll(() => {
    if (!existsSync(program)) throw new Error(`${program} is missing. Build the app first.`);
    folder = mkdtempSync(join(tmpdir(), 'finance-sentiment-start-'));
  });
  afterAll(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    start(env) {
      const child = startProgram({ DATA_DIR: mkdtempSync(join(folder, 'data-')), ...env });
      children.push(child);
      return started(child);
    },
  };
}

function startProgram(env: NodeJS.ProcessEnv): ChildProcess {
  // The oldest supported Node calls `node:sqlite` experimental, on the standard error that is compared here.
  const quiet = '--disable-warning=ExperimentalWarning';
  return spawn(process.execPath, [quiet, program], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function started(child: ChildProcess): Started {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    // The engine remarks on a Node that is newer than any LTS; that line is not ours.
    output: () => text.replace(/^oidc-provider WARNING: Unsupported runtime.*\n/m, ''),
    ended,
    async prints(wanted) {
      const deadline = Date.now() + 15_000;
      while (!text.includes(wanted)) {
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(text || 'silence');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
