import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { ProviderUnavailableError } from '@portcullis/core';
import { createFinanceApp, type FinanceApp } from './app.js';
import { banner } from './banner.js';
import { readConfig } from './config.js';
import { listen, stop } from './listening.js';
import { startFailure } from './start-failure.js';

/** Connections still busy after this many milliseconds are cut. A person at the keyboard waits less gladly than a supervisor. */
const GRACE_MS = { SIGINT: 2000, SIGTERM: 10_000 } as const;

async function start(): Promise<void> {
  const envFile = fileURLToPath(new URL('../.env', import.meta.url));
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const config = await readConfig(process.env);

  const server = createServer();
  // The port first: a second start in the same folder then leaves the files of the first alone.
  await listen(server, config.port, config.host);
  let app: FinanceApp;
  try {
    app = await createFinanceApp(config);
  } catch (error) {
    await stop(server, 0);
    throw error;
  }
  server.on('request', app.handle);
  await app.ready().catch(async (error: unknown) => {
    // Its outage is not ours: the first token asks again. What contradicts our configuration does not pass by itself.
    if (error instanceof ProviderUnavailableError) {
      console.warn(`Warning: ${error.message} Callers get 503 until the issuer answers.`);
      return;
    }
    await stop(server, 0);
    await app.close();
    throw error;
  });
  console.log(banner(config, app));

  let stopping = false;
  /** Takes no more requests, lets calls end, and then closes the files: what was decided is in the audit log. */
  const shutDown = async (graceMs: number) => {
    if (stopping) return;
    stopping = true;
    await stop(server, graceMs);
    await app.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      shutDown(GRACE_MS[signal]).catch((error: unknown) => {
        console.error('Stopping failed:', error);
        process.exitCode = 1;
      });
    });
  }
}

start().catch((error: unknown) => {
  console.error(startFailure(error));
  // Not `exitCode`: files that were opened before the failure may hold timers.
  process.exit(1);
});
