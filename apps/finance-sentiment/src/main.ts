import { existsSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { ProviderUnavailableError } from '@portcullis/core';
import { createFinanceApp, type FinanceApp } from './app.js';
import { banner } from './banner.js';
import { readConfig } from './config.js';
import { listen, stop } from './listening.js';
import { startFailure } from './start-failure.js';

/** Connections still busy after this many milliseconds are cut. Most supervisors kill after ten seconds; a person at the keyboard waits less gladly. */
const GRACE_MS = { SIGINT: 2000, SIGTERM: 8000 } as const;
type StopSignal = keyof typeof GRACE_MS;

/** How long a connection may idle: longer than the proxies in front wait, or they send a call into one that has just been closed. */
const KEEP_ALIVE_MS = 75_000;

async function start(): Promise<void> {
  // From the beginning: to the first process of a container, a signal that nobody listens to does nothing.
  let stopBy: (signal: StopSignal) => void = () => process.exit(1);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopBy(signal));

  const envFile = fileURLToPath(new URL('../.env', import.meta.url));
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const config = await readConfig(process.env);

  let handle: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
    handle(request, response),
  );
  // The port first: a second start in the same folder then leaves the files of the first alone.
  await listen(server, config.port, config.host);
  const app = await createFinanceApp(config);
  handle = app.handle;
  await app.ready().catch(async (error: unknown) => {
    // Its outage is not ours: the first token asks again. What contradicts our configuration does not pass by itself.
    if (error instanceof ProviderUnavailableError) {
      console.warn(`Warning: ${error.message} Callers get 503 until the issuer answers.`);
      return;
    }
    await app.close();
    throw error;
  });
  console.log(banner(config, app));

  /** Takes no more requests, lets calls end, and then closes the files: what was decided is in the audit log, and how it ended. */
  async function shutDown(app: FinanceApp, graceMs: number): Promise<void> {
    const stopped = stop(server, graceMs);
    await app.endSubscriptions();
    await stopped;
    await app.close();
  }
  stopBy = (signal) => {
    // Told again: nobody wants to wait any longer.
    stopBy = () => server.closeAllConnections();
    shutDown(app, GRACE_MS[signal]).then(
      // Not left to itself: what a call that was cut still waits for would hold up the end.
      () => process.exit(),
      (error: unknown) => {
        console.error('Stopping failed:', error);
        process.exit(1);
      },
    );
  };
}

start().catch((error: unknown) => {
  console.error(startFailure(error));
  // Not `exitCode`: files that were opened before the failure may hold timers.
  process.exit(1);
});
