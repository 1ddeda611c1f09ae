import { describe, expect, it } from 'vitest';
import { post, startIssuer, type TestIssuer, vocabulary } from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import type { RegisteredClient } from './registered-client.js';

const stolen = 'the-stolen-secret-of-the-robot-0123456789';
const fresh = 'the-fresh-secret-of-the-robot-0123456789';
const robot = (secret: string, scopes: readonly string[]): RegisteredClient => ({
  clientId: 'robot',
  name: 'Robot',
  scopes,
  authentication: { method: 'client_secret_post', secret },
});

async function tokenAt({ server }: TestIssuer, client_secret: string): Promise<string> {
  const { port } = server.address() as { port: number };
  const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret };
  const { body } = await post(`http://127.0.0.1:${port}/token`, form);
  return String(body.access_token);
}

describe('a client that was removed and is set up again (AS-52)', () => {
  it('has nothing that an instance gave it which had not heard of the removal', async () => {
    const store = { ...memoryStore(), close: async () => {} };
    const here = await startIssuer({ store });
    const { issuer, resource } = here;
    const resources = [{ resource, name: 'Test Server', scopes: vocabulary }];
    const there = await startIssuer({ store, issuer, resources });
    const verdict = async (value: string) => {
      const context = { resource, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) };
      return (await here.provider.verify({ scheme: 'Bearer', value }, context)).kind;
    };
    const { clients } = here.provider;
    await clients.put(robot(stolen, ['mcp:tools:weather', 'mcp:tools:pay']));
    expect(await verdict(await tokenAt(there, stolen))).toBe('principal');

    await clients.remove('robot');
    const late = await tokenAt(there, stolen);
    expect(await verdict(late)).toBe('rejection');
    await clients.put(robot(fresh, ['mcp:tools:weather']));
    expect(await verdict(late)).toBe('rejection');
    expect(await verdict(await tokenAt(here, fresh))).toBe('principal');
    await there.close();
    await here.close();
  });
});
