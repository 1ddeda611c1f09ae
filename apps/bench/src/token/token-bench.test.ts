import { memoryStore } from '@portcullis/provider-local';
import { expect, it } from 'vitest';
import type { BenchStore } from './stores.js';
import { tokenBench } from './token-bench.js';

const effort = { warmUpMs: 20, rounds: 2, roundMs: 40 };
const memory: BenchStore = {
  name: 'memory',
  open: async () => memoryStore(),
  drop: async () => {},
};
const silent: BenchStore = {
  name: 'Redis',
  open: () => Promise.reject(new Error('connect ECONNREFUSED')),
  drop: () => Promise.reject(new Error('connect ECONNREFUSED')),
};

it('measures every grant on the stores that answer, and names the others', async () => {
  const rows = await tokenBench([memory, silent], effort);
  expect(rows.map(({ name, bar }) => [name, bar])).toEqual([
    ['Redis: not measured', 0],
    ['client credentials, memory store', 0.45],
    ['p99 of 64 clients, client credentials, memory store', 0],
    ['code exchange, memory store', 0],
    ['p99 of 64 clients, code exchange, memory store', 0],
    ['refresh, memory store', 0],
    ['p99 of 64 clients, refresh, memory store', 0],
  ]);
  const [missing, ...measured] = rows;
  expect(missing).toMatchObject({ ratio: null, holds: false, seen: 'connect ECONNREFUSED' });
  for (const { ratio } of measured) expect(ratio).toBeGreaterThan(0);
}, 30_000);
