import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGate, type Gate } from '@portcullis/core';
import { describeOn } from 'service-testing';
import { afterAll, describe, expect, it } from 'vitest';
import { post, startIssuer, vocabulary, walk } from '../issuer.harness.js';
import { dropSchemas, freshSchema } from '../store/__fixtures__/postgres.js';
import { encryptedStore } from '../store/encrypted-store.js';
import { postgresStore } from '../store/postgres-store.js';
import type { RegisteredClient } from './registered-client.js';

/** The most that an instance may lag behind, in milliseconds. */
const BOUND = 5500;

const secret = 'the-secret-of-the-robot-0123456789';
const robot: RegisteredClient = {
  clientId: 'robot',
  name: 'Robot',
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'client_secret_post', secret },
};
const web: RegisteredClient = {
  clientId: 'web',
  name: 'Web',
  redirectUris: ['https://web.example/callback'],
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'none' },
};

async function machineToken(issuer: string): Promise<unknown> {
  const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
  return (await post(`${issuer}/token`, form)).body.access_token;
}

async function passes(gate: Gate, resource: string, token: unknown): Promise<boolean> {
  const headers = { authorization: `Bearer ${String(token)}` };
  return (await gate.authenticate(new Request(resource, { headers }))).kind === 'caller';
}

/** Milliseconds until something holds. */
async function until(holds: () => Promise<boolean>): Promise<number> {
  const from = performance.now();
  while (!(await holds()) && performance.now() - from < 2 * BOUND) await sleep(50);
  return performance.now() - from;
}

describeOn('PostgreSQL', (connectionString) => {
  afterAll(() => dropSchemas(connectionString));
  const keys = [Buffer.alloc(32, 7).toString('base64')];

  /** Two instances of one issuer on one store; the second one starts when it is asked for. */
  async function startPair() {
    const schema = freshSchema();
    const open = async () =>
      encryptedStore(await postgresStore({ connectionString, schema }), { keys });
    const here = await startIssuer({ store: await open() });
    const { issuer, resource } = here;
    // Another address for the same issuer, as behind a balancer.
    const resources = [{ resource, name: 'Test Server', scopes: vocabulary }];
    const startThere = async () => {
      const there = await startIssuer({ store: await open(), issuer, resources });
      const { port } = there.server.address() as AddressInfo;
      return { there, address: `http://127.0.0.1:${port}` };
    };
    return { here, startThere };
  }

  // At once: most of the time is spent waiting for the other instance to look.
  describe.concurrent('clients that one instance sets up and removes', () => {
    it('are known by the other within five seconds', async () => {
      const { here, startThere } = await startPair();
      const { there, address } = await startThere();
      expect(await machineToken(address)).toBeUndefined();
      expect(await here.provider.clients.list()).toEqual([]);
      await Promise.all([here.provider.clients.put(robot), there.provider.clients.put(web)]);
      const known = async () => (await machineToken(address)) !== undefined;
      const listed = async () => (await here.provider.clients.list()).length === 2;
      for (const delay of await Promise.all([until(known), until(listed)])) {
        expect(delay).toBeLessThan(BOUND);
      }
      await Promise.all([there.close(), here.close()]);
    }, 40_000);

    it('are forgotten by the other within five seconds, with all that they got', async () => {
      const { here, startThere } = await startPair();
      const { resource, provider } = here;
      await Promise.all([robot, web].map((client) => provider.clients.put(client)));
      const { there, address } = await startThere();
      const gate = createGate({ resource, provider: there.provider, scopes: vocabulary });
      const parameters = { redirect_uri: 'https://web.example/callback' };
      const { tokens } = await walk(here, 'web', { parameters });
      const machine = await machineToken(address);
      for (const token of [tokens.access_token, machine]) {
        expect(await passes(gate, resource, token)).toBe(true);
      }
      const removed = await Promise.all(
        ['web', 'robot'].map((clientId) => provider.clients.remove(clientId)),
      );
      expect(removed).toEqual([true, true]);
      // What an instance issues that has not heard of it yet ends as soon as it has.
      const late = await machineToken(address);
      expect(late).toBeDefined();
      const own = createGate({ resource, provider, scopes: vocabulary });
      for (const token of [tokens.access_token, machine, late]) {
        expect(await passes(own, resource, token)).toBe(false);
        const refused = async () => !(await passes(gate, resource, token));
        expect(await until(refused)).toBeLessThan(BOUND);
      }
      const forgotten = async () => (await machineToken(address)) === undefined;
      expect(await until(forgotten)).toBeLessThan(BOUND);
      await Promise.all([there.close(), here.close()]);
    }, 40_000);
  });
});
