import { expect, it } from 'vitest';
import { peers } from './judges.js';
import { sentimentBench } from './sentiment-bench.js';

it('measures every set and every peer, and holds what it says of the sets that have a bar', async () => {
  const rows = await sentimentBench({ warmUpMs: 10, rounds: 2, roundMs: 5 });
  const names = ['vader-sentiment', 'sentiment', 'wink-sentiment', 'afinn-165-financialmarketnews'];
  const sets = ['development (40)', 'held-out (40)', 'challenge (72)', 'registers (131)'];
  expect(rows.map(({ name }) => name)).toEqual([
    ...sets.flatMap((set) =>
      names.flatMap((name) => [
        `${set}, macro-F1, to ${name}`,
        `${set}, flags that are right, to ${name}`,
      ]),
    ),
    'headlines a second, to 10000',
    ...names.map((name) => `headlines a second, to ${name}`),
  ]);
  for (const { ratio } of rows) expect(ratio).toBeGreaterThan(0);
  // Labels take no time: these hold here as well.
  const labels = rows.filter(({ name, bar }) => bar === 1 && !name.startsWith('headlines'));
  expect(labels).toHaveLength(24);
  for (const { name, holds } of labels) expect(holds, name).toBe(true);
});

it('asks each peer as its own documentation does', () => {
  const labelsOf = (text: string) =>
    Object.entries(peers).map(([name, judge]) => [name, judge(text).label]);
  const all = (label: string) => Object.keys(peers).map((name) => [name, label]);
  expect(labelsOf('This is a wonderful, excellent result')).toEqual(all('positive'));
  expect(labelsOf('A terrible, horrible disaster')).toEqual(all('negative'));
  expect(labelsOf('The office has two doors')).toEqual(all('neutral'));
});
