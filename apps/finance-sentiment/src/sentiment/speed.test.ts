import { expect, it } from 'vitest';
import { corpus } from '../news/corpus/corpus.js';
import { analyze } from './analyze.js';

/** Milliseconds of the processor that the fastest of some runs took: the others were disturbed. Not of the clock, since tests share cores. */
function fastest(work: () => void, runs = 5): number {
  return Math.min(
    ...Array.from({ length: runs }, () => {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    }),
  );
}

it('scores at least 10,000 headlines a second in one thread', () => {
  const rounds = 10;
  const taken = fastest(() => {
    for (let round = 0; round < rounds; round += 1) for (const { title } of corpus) analyze(title);
  });
  const perSecond = (corpus.length * rounds * 1000) / taken;
  console.info(`sentiment: ${Math.round(perSecond)} headlines a second`);
  expect(perSecond).toBeGreaterThan(10_000);
});

it.each([
  ['words', 'profit fell to EUR 3.1 mn from a loss of 2 and '],
  ['one word', 'a'],
  ['figures', '1,'],
  ['quotes', "'’"],
  ['hyphens', 'x-'],
  ['negators', 'not '],
  ['comparisons', 'vs '],
  ['metrics', 'profit '],
  ['phrases', 'swings to '],
  ['ampersands', 'a&'],
  ['sentences', 'Up. '],
  ['spaces', ' '],
])('reads 100 kB of %s in bounded time', (_name, piece) => {
  const text = piece.repeat(Math.ceil(100_000 / piece.length));
  const taken = fastest(() => analyze(text, { explain: true }), 2);
  expect(taken).toBeLessThan(1500);
});
