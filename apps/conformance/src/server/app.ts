import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { consentingApp, createPerson, memoryClient, REDIRECT } from 'finance-sentiment/demo-client';
import { freePort } from '../loopback.js';
import { injectingProxy } from './injecting-proxy.js';
import type { ProtectedFixture } from './protected-fixture.js';

const require = createRequire(import.meta.url);
const program = join(dirname(require.resolve('finance-sentiment/demo-client')), 'main.js');

/** Starts the sample app as `pnpm start` does, behind a proxy that brings a token of somebody who signed in there. */
export async function startApp(): Promise<ProtectedFixture> {
  let target: { port: number; token?: string } = { port: await freePort() };
  const proxy = await injectingProxy(() => target);
  const account = { username: 'ada', password: randomBytes(9).toString('base64url') };
  const folder = await mkdtemp(join(tmpdir(), 'conformance-app-'));
  const app = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH,
      PORT: String(target.port),
      PUBLIC_URL: proxy.origin,
      DATA_DIR: folder,
      DEMO_USER: account.username,
      DEMO_PASSWORD: account.password,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(app, 'close');
  async function close(): Promise<void> {
    app.kill();
    await ended;
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    const url = `${proxy.origin}/mcp`;
    await prints(createInterface(app.stdout), url);
    app.stdout.resume();
    target = { ...target, token: await signIn(url, account) };
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for the line with the address of the server, which comes when it is ready. */
async function prints(lines: AsyncIterable<string>, url: string): Promise<void> {
  for await (const line of lines) if (line.includes(url)) return;
  throw new Error('The app ended before it was ready.');
}

/** The demo's client signs Ada in, on the pages of the app. */
async function signIn(
  mcpUrl: string,
  account: { readonly username: string; readonly password: string },
): Promise<string | undefined> {
  const memory = memoryClient({ name: 'Morning Briefing', redirectUrl: REDIRECT });
  const app = consentingApp({
    mcpUrl,
    memory,
    person: createPerson(account, fetch),
    newClient: () => new Client({ name: 'morning-briefing', version: '1.0.0' }),
  });
  await app.connect();
  await app.close();
  return memory.currentTokens?.access_token;
}
