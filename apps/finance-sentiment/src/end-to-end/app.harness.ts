import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemorySink, memorySink } from '@portcullis/core';
import { type AppExtras, createFinanceApp } from '../app.js';
import { readConfig } from '../config.js';
import { listen, stop } from '../listening.js';
import { ada } from './signed-in.harness.js';

/** The whole app as `pnpm start` runs it, on a free port. For tests. */
export interface RunningApp {
  readonly origin: string;
  /** Where it really listens; another place than `origin` where `PUBLIC_URL` is given. */
  readonly listening: string;
  readonly dataDir: string;
  readonly resource: string;
  readonly audit: MemorySink;
  /** Closes it, and opens it anew on the same files and the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it with these variables of the environment, beside Ada's password. Close it when the test is over. */
export async function startApp(
  env: NodeJS.ProcessEnv,
  extras: Pick<AppExtras, 'pages'> = {},
): Promise<RunningApp> {
  const folder = mkdtempSync(join(tmpdir(), 'finance-sentiment-e2e-'));
  const server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  const config = await readConfig({
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    DEMO_PASSWORD: ada.password,
    ...env,
  });
  const audit = memorySink();
  const open = () => createFinanceApp(config, { ...extras, audit: [audit] });
  let app = await open().catch(async (error: unknown) => {
    await stop(server, 0);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  server.on('request', (request, response) => app.handle(request, response));
  return {
    origin: config.publicUrl,
    listening: `http://127.0.0.1:${port}`,
    dataDir: config.dataDir,
    resource: app.mcpUrl,
    audit,
    async restart() {
      await app.close();
      app = await open();
    },
    async close() {
      await stop(server, 0);
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
