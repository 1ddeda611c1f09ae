import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LocalStore } from '../local-store.js';
import { memoryStore } from '../memory-store.js';

/** A store as one writes it without thinking of races: it looks, and writes a moment later. */
export function carelessStore(now?: () => number): LocalStore {
  const inner = memoryStore(now ? { now } : {});
  const used = new Set<string>();
  return {
    ...inner,
    async consume(kind, id, at) {
      const free = (await inner.read(kind, id)) !== undefined && !used.has(`${kind} ${id}`);
      await sleep(1);
      used.add(`${kind} ${id}`);
      if (free) await inner.consume(kind, id, at);
      return free;
    },
    async insertIfAbsent(kind, id, expiresAt, payload = {}) {
      const free = (await inner.read(kind, id)) === undefined;
      await sleep(1);
      if (free) await inner.write(kind, id, payload, { expiresAt });
      return free;
    },
    async replace(kind, id, expected, payload) {
      const record = await inner.read(kind, id);
      const free = isDeepStrictEqual(record?.payload, expected);
      await sleep(1);
      if (free) await inner.replace(kind, id, expected, payload);
      return free;
    },
  };
}
