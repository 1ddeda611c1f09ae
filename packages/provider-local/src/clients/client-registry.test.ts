import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import { createClientRegistry } from './client-registry.js';
import type { RegisteredClient } from './registered-client.js';

const web: RegisteredClient = {
  clientId: 'web',
  name: 'Web',
  redirectUris: ['https://web.example/callback'],
  scopes: [],
  authentication: { method: 'none' },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the clients that instances share (AS-52)', () => {
  it('are forgotten without a request, also by who has just set one up', async () => {
    const store = memoryStore();
    const settings = { store, clients: new Map(), schemes: new Set<string>(), dpop: false };
    const removed = vi.fn();
    const here = createClientRegistry({ settings, removed });
    const elsewhere = createClientRegistry({ settings, removed: () => {} });
    await here.change((clients) => [...clients, web]);
    expect(await here.current()).toEqual([web]);
    await elsewhere.change(() => []);
    expect(removed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5000);
    expect(removed).toHaveBeenCalledOnce();
    expect([...here.clients]).toEqual([]);
    here.stop();
    elsewhere.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('do not come back through a look that began before they were removed', async () => {
    const store = memoryStore();
    let held: Promise<void> | undefined;
    const read: LocalStore['read'] = async (...record) => {
      const found = await store.read(...record);
      await held;
      return found;
    };
    const settings = { store: { ...store, read }, clients: new Map(), dpop: false };
    const registry = createClientRegistry({
      settings: { ...settings, schemes: new Set<string>() },
      removed: () => {},
    });
    await registry.change(() => [web]);
    vi.setSystemTime(Date.now() + 6000);
    held = new Promise((resolve) => setTimeout(resolve, 20));
    const look = registry.current();
    await new Promise(setImmediate);
    held = undefined;
    await Promise.all([look, registry.change(() => [])]);
    expect([...registry.clients]).toEqual([]);
    registry.stop();
  });
});
