import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { ConfigurationError } from '@portcullis/core';
import { Client } from 'pg';
import { describeOn } from 'service-testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../end-to-end/app.harness.js';
import { callWith, signIn } from '../end-to-end/signed-in.harness.js';

const key = Buffer.alloc(32, 7).toString('base64');
const otherKey = Buffer.alloc(32, 8).toString('base64');
const running: RunningApp[] = [];
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});
async function start(env: NodeJS.ProcessEnv): Promise<RunningApp> {
  const app = await startApp(env);
  running.push(app);
  return app;
}

const scopes = ['mcp:tools:analyze_sentiment'];
/** What the app says to this token. */
const statusWith = async (app: RunningApp, token: string) =>
  (await callWith(app.resource, { authorization: `Bearer ${token}` })).status;

describe('STORE_KEYS', () => {
  it('hides what the issuer keeps, and opens it again after a restart', async () => {
    const app = await start({ STORE_KEYS: key });
    const { token } = await signIn(app.resource, { scopes });
    const files = ['issuer.sqlite', 'issuer.sqlite-wal'].map((name) =>
      readFileSync(`${app.dataDir}/${name}`, 'latin1'),
    );
    expect(files.join('')).not.toContain('Briefing');
    await app.restart();
    expect(await statusWith(app, token())).toBe(200);
    // In the place of another start, without the keys.
    const DATA_DIR = app.dataDir;
    await expect(startApp({ DATA_DIR })).rejects.toThrow(
      'The keys in the store (signing) have an unknown form. If the store was sealed, set STORE_KEYS to its keys.',
    );
    await expect(startApp({ DATA_DIR, STORE_KEYS: otherKey })).rejects.toThrow(
      'was sealed with a key that "encryptedStore.keys" does not hold',
    );
  });

  it('stops the start where a key cannot be one', async () => {
    const refusal = await startApp({ STORE_KEYS: 'too-short' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigurationError);
    const [problem] = (refusal as ConfigurationError).problems;
    expect(problem?.option).toBe('STORE_KEYS');
    expect(JSON.stringify(problem)).not.toContain('too-short');
  });
});

/** As a proxy hands a request on: to this server, under the public name. `fetch` would not send that. */
function statusBehindProxy(app: RunningApp, origin: string, token: string) {
  return new Promise((resolve, reject) => {
    const headers = {
      ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...{ accept: 'application/json, text/event-stream', host: new URL(origin).host },
    };
    request(`${app.listening}/mcp`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }));
  });
}

describeOn('PostgreSQL', (database) => {
  async function cleared(url: string): Promise<string> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('drop schema if exists portcullis cascade');
    await client.end();
    return url;
  }

  it('shares people, clients and revocations between servers, encrypted', async () => {
    const DATABASE_URL = await cleared(database);
    const one = await start({ DATABASE_URL, STORE_KEYS: key });
    // Behind the same name, with a new key that is not the first yet.
    const STORE_KEYS = `${key},${otherKey}`;
    const two = await start({ DATABASE_URL, STORE_KEYS, PUBLIC_URL: one.origin });
    const { token } = await signIn(one.resource, { scopes });
    expect(await statusWith(one, token())).toBe(200);
    expect(await statusBehindProxy(two, one.origin, token())).toBe(200);
    for (const app of running.splice(0)) await app.close();
    await cleared(DATABASE_URL);
  });
});

it.each(['mysql://u:hunter2@db/x', 'postgresql://u:hun#ter2@db:5432/x'])(
  'refuses a DATABASE_URL that is none, without repeating it: %s',
  async (DATABASE_URL) => {
    const refusal = await startApp({ DATABASE_URL }).catch((error: unknown) => error);
    expect((refusal as ConfigurationError).problems).toEqual([
      {
        option: 'DATABASE_URL',
        problem: 'is no address of a PostgreSQL database.',
        remedy:
          'Write it like "postgresql://user:password@host:5432/name", with special characters percent-encoded.',
      },
    ]);
  },
);
