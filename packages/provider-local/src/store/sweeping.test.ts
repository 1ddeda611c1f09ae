import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { LocalStore } from './local-store.js';
import { memoryStore } from './memory-store.js';
import { startSweeping } from './sweeping.js';

it('removes what expired in bounded steps, again and again', async () => {
  const store = memoryStore({ now: () => 0 });
  const limits: number[] = [];
  const counted: LocalStore = {
    ...store,
    sweep: (now, limit) => {
      limits.push(limit);
      return store.sweep(now, limit);
    },
  };
  for (let n = 0; n < 5; n += 1) await store.write('Session', `s${n}`, {}, { expiresAt: 1 });
  await store.write('Client', 'c', { stays: true });

  const sweeping = startSweeping(counted, { everyMs: 5, batch: 2, now: () => 301 });
  await setTimeout(60);
  await sweeping.stop();
  const steps = limits.length;
  await setTimeout(20);

  expect(await store.read('Session', 's4')).toBeUndefined();
  expect(await store.read('Client', 'c')).toEqual({ payload: { stays: true } });
  expect(limits.slice(0, 3)).toEqual([2, 2, 2]);
  expect(steps).toBeGreaterThan(3);
  expect(limits.length).toBe(steps);
});

it('leaves what just expired to processes whose clock is behind', async () => {
  const slow = memoryStore({ now: () => 0 });
  await slow.insertIfAbsent('ReplayDetection', 'marker', 1);
  const sweeping = startSweeping(slow, { everyMs: 5, now: () => 300 });
  await setTimeout(30);
  await sweeping.stop();
  expect(await slow.insertIfAbsent('ReplayDetection', 'marker', 1)).toBe(false);
});

it('tells of a failed round and tries again', async () => {
  const store = memoryStore();
  await store.close();
  const errors: unknown[] = [];
  const sweeping = startSweeping(store, { everyMs: 5, onError: (error) => errors.push(error) });
  await setTimeout(60);
  await sweeping.stop();
  expect(errors.length).toBeGreaterThan(1);
  expect(errors[0]).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
});
