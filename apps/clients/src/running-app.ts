import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
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
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => {
    app.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', stop);
  await started(app);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      const ended = once(app, 'close');
      app.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function started({
  stdout,
  stderr,
}: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  const printed: string[] = [];
  // What it warns of, such as plain http, is of interest only if it does not start.
  stderr.setEncoding('utf8').on('data', (part: string) => printed.push(part));
  for await (const line of createInterface(stdout)) {
    printed.push(line);
    if (line.includes('Ctrl+C')) {
      stdout.resume();
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
