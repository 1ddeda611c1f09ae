import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
});
