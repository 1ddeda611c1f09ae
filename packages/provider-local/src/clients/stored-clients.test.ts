import { describe, expect, it, vi } from 'vitest';
import { post, startIssuer, type TestIssuer } from '../issuer.harness.js';
import { encryptedStore } from '../store/encrypted-store.js';
import { memoryStore } from '../store/memory-store.js';
import type { RegisteredClient } from './registered-client.js';

const first = 'the-first-secret-of-the-robot-0123456789';
const second = 'the-second-secret-of-the-robot-0123456789';
const robot = (secret: string): RegisteredClient => ({
  clientId: 'robot',
  name: 'Robot',
  scopes: ['mcp:tools:weather', 'mcp:tools:pay'],
  authentication: { method: 'client_secret_post', secret },
});

async function ask(client_secret: string, { issuer }: TestIssuer) {
  const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret };
  const { status, body } = await post(`${issuer}/token`, form);
  return status === 200 ? String(body.scope) : body.error;
}

describe('the clients in the store', () => {
  it('survive a restart, encrypted where the store is (AS-52)', async () => {
    const inner = memoryStore();
    const written: string[] = [];
    const keys = [Buffer.alloc(32, 7).toString('base64')];
    const open = () =>
      encryptedStore(
        {
          ...inner,
          close: async () => {},
          insertIfAbsent(kind, id, expiresAt, payload = {}) {
            written.push(JSON.stringify(payload));
            return inner.insertIfAbsent(kind, id, expiresAt, payload);
          },
        },
        { keys },
      );
    const before = await startIssuer({ store: await open() });
    await before.provider.clients.put(robot(first));
    await before.close();
    const after = await startIssuer({ store: await open() });
    expect(await ask(first, after)).toBe('mcp:tools:weather mcp:tools:pay');
    await after.close();
    expect(written.join()).not.toMatch(/robot|secret-of/i);
  });

  it('do not count where the options name them, or refuse them now', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const store = memoryStore();
    const native = {
      clientId: 'native',
      name: 'Native',
      redirectUris: ['desk://cb'],
      scopes: [],
      authentication: { method: 'none' },
    };
    await store.insertIfAbsent('OperatorClients', 'all', 32_503_680_000, {
      clients: [robot(first), native],
    });
    const one = await startIssuer({ store, clients: [robot(second)] });
    expect(await ask(first, one)).toBe('invalid_client');
    expect(await ask(second, one)).toBe('mcp:tools:weather mcp:tools:pay');
    expect((await one.provider.clients.list()).map(({ clientId }) => clientId)).toEqual(['robot']);
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^The stored client "native" does not count: has "desk:\/\/cb"/),
    ]);
    expect(await one.provider.clients.remove('native')).toBe(true);
    warned.mockRestore();
    await one.close();
  });

  it('are an outage, and no verdict, where they cannot be read', async () => {
    const inner = memoryStore();
    let away = false;
    const broken = await startIssuer({
      store: {
        ...inner,
        read(kind, id) {
          if (away && kind === 'OperatorClients') return Promise.reject(new Error('away'));
          return inner.read(kind, id);
        },
      },
    });
    away = true;
    const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: first };
    const { status, headers } = await post(`${broken.issuer}/token`, form);
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    await expect(broken.provider.clients.put(robot(first))).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    away = false;
    expect((await post(`${broken.issuer}/token`, form)).body.error).toBe('invalid_client');
    await broken.close();
  });
});
