import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { person } from './person.js';

/** The sample, as `pnpm start` runs it. */
export interface RunningApp {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it on a free port, with a folder of its own. @throws {Error} with what it printed when it does not start. */
export async function startApp(): Promise<RunningApp> {
  const folder = await mkdtemp(join(tmpdir(), 'clients-'));
  const port = await freePort();
  const client = createRequire(import.meta.url).resolve('finance-sentiment/demo-client');
  const program = join(client, '..', 'main.js');
  const app = spawn(process.execPath, [program], {
    env: {
      ...{ PATH: process.env.PATH, DATA_DIR: folder, PORT: String(port) },
      DEMO_PASSWORD: person.password,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await started(app);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      const ended = once(app, 'close');
      app.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function started(app: ChildProcess): Promise<void> {
  if (!app.stdout) throw new Error('The sample has no output.');
  const printed: string[] = [];
  for await (const line of createInterface(app.stdout)) {
    printed.push(line);
    if (line.includes('Ctrl+C')) {
      app.stdout.resume();
      return;
    }
  }
  throw new Error(`The sample did not start:\n${printed.join('\n')}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
