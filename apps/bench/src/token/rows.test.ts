import { expect, it } from 'vitest';
import type { Rounds } from './measure.js';
import { rowsOf } from './rows.js';

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
const rounds = (...perSecond: readonly number[]): Rounds =>
  perSecond.map((rate) => ({ perSecond: rate, latencies: hundred }));
const bare = rounds(100, 200, 400).map((round) => ({ ...round, latencies: [33] }));

it('takes the median of the ratios round by round, and the 99th of a hundred latencies', () => {
  expect(rowsOf('memory store', 'refresh', 0.45, rounds(50, 90, 100), bare)).toEqual([
    {
      name: 'refresh, memory store',
      ratio: 0.45,
      bar: 0.45,
      holds: true,
      seen: '90/s to 200/s',
    },
    {
      name: 'p99 of 64 clients, refresh, memory store',
      ratio: 0.333,
      bar: 0,
      holds: true,
      seen: '99 ms to 33 ms',
    },
  ]);
});

it('misses a bar by however little, rounded or not', () => {
  const [row] = rowsOf('memory store', 'refresh', 0.45, rounds(44.99), rounds(100));
  expect(row).toMatchObject({ ratio: 0.45, holds: false });
});
