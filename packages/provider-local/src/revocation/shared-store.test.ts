import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGate, type Gate } from '@portcullis/core';
import { describeOn } from 'service-testing';
import { afterAll, describe, expect, it } from 'vitest';
import { bob, post, register, startIssuer, vocabulary, walk } from '../issuer.harness.js';
import { dropSchemas, freshSchema } from '../store/__fixtures__/postgres.js';
import { dropKeys, freshPrefix } from '../store/__fixtures__/redis.js';
import { encryptedStore } from '../store/encrypted-store.js';
import type { LocalStore } from '../store/local-store.js';
import { postgresStore } from '../store/postgres-store.js';
import { redisStore } from '../store/redis-store.js';
import { sqliteStore } from '../store/sqlite-store.js';

/** The most that a gate in another process may lag behind, in milliseconds. */
const BOUND = 5000;

const secret = 'x'.repeat(32);
const robot = {
  clientId: 'robot',
  name: 'Robot',
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'client_secret_post', secret },
} as const;

/** Two instances of one issuer, each with its own connection to one store and a gate that remembers. */
function reaches(open: () => LocalStore | Promise<LocalStore>): void {
  it('a gate that has remembered the token, within five seconds', async () => {
    const here = await startIssuer({ store: await open(), clients: [robot] });
    const { issuer, resource } = here;
    const there = await startIssuer({
      store: await open(),
      clients: [robot],
      issuer,
      resources: [{ resource, name: 'Test Server', scopes: vocabulary }],
    });
    const gate = createGate({ resource, provider: there.provider, scopes: vocabulary });
    const client_id = (await register(here)).body.client_id;
    const revoke = (form: Readonly<Record<string, string>>) => post(`${issuer}/revoke`, form);

    const [byToken, byGrant] = [await walk(here, client_id), await walk(here, client_id)];
    const byAdmin = await walk(here, client_id, { person: bob });
    const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
    const machine = String((await post(`${issuer}/token`, form)).body.access_token);

    const revocations: readonly (readonly [string, () => Promise<unknown>])[] = [
      [
        byToken.tokens.access_token,
        () => revoke({ client_id, token: byToken.tokens.access_token }),
      ],
      [machine, () => revoke({ ...form, token: machine })],
      [
        byGrant.tokens.access_token,
        () => revoke({ client_id, token: byGrant.tokens.refresh_token }),
      ],
      [byAdmin.tokens.access_token, () => here.provider.revoke({ subject: 'user:bob' })],
    ];
    for (const [token] of revocations) expect(await passes(gate, resource, token)).toBe(true);
    await sleep(2500);
    for (const [token] of revocations) expect(await passes(gate, resource, token)).toBe(true);
    const delays = revocations.map(async ([token, end]) => {
      await end();
      const revokedAt = performance.now();
      while (await passes(gate, resource, token)) {
        if (performance.now() - revokedAt > BOUND) break;
        await sleep(20);
      }
      return performance.now() - revokedAt;
    });
    for (const delay of await Promise.all(delays)) expect(delay).toBeLessThan(BOUND);
    await there.close();
    await here.close();
  }, 30_000);
}

async function passes(gate: Gate, resource: string, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` };
  return (await gate.authenticate(new Request(resource, { headers }))).kind === 'caller';
}

// At once: most of the time is spent waiting for the other instance to look.
describe.concurrent('a revocation in one process reaches, through one store,', () => {
  describe('on SQLite', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    reaches(() => sqliteStore({ path: join(folder, 'issuer.db') }));
  });

  describeOn('PostgreSQL', (connectionString) => {
    const schema = freshSchema();
    afterAll(() => dropSchemas(connectionString));
    const keys = [Buffer.alloc(32, 7).toString('base64')];
    reaches(async () =>
      encryptedStore(await postgresStore({ connectionString, schema }), { keys }),
    );
  });

  describeOn('Redis', (url) => {
    const prefix = freshPrefix();
    afterAll(() => dropKeys(url));
    reaches(() => redisStore({ url, prefix }));
  });
});
