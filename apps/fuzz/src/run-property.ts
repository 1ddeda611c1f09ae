import fc from 'fast-check';
import type { Report, RunOptions } from './target.js';

/** A case that takes longer than so many milliseconds is a hang. */
const LIMIT_MS = 50;
/** How often a slow case is tried again, since a machine that does other things is slow as well. */
const RETRIES = 4;

/** Checks one input and says whether it got through. Throws when something is broken. */
export type Case<Input> = (input: Input) => boolean | Promise<boolean>;

/**
 * Runs a case over generated inputs: none may throw, none may take longer than 50 ms, the best of five tries counting.
 *
 * @throws with the smallest input that breaks, and the seed that leads to it.
 */
export async function runProperty<Input>(
  inputs: fc.Arbitrary<Input>,
  check: Case<Input>,
  { cases, seed }: RunOptions,
): Promise<Report> {
  let allowed = 0;
  let slowestMs = 0;
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      let best = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt <= RETRIES && best > LIMIT_MS; attempt += 1) {
        const started = performance.now();
        const through = await check(input);
        best = Math.min(best, performance.now() - started);
        if (attempt === 0 && through) allowed += 1;
      }
      slowestMs = Math.max(slowestMs, best);
      if (best > LIMIT_MS) throw new Error(`A case took ${Math.round(best)} ms.`);
    }),
    { numRuns: cases, seed, endOnFailure: false },
  );
  return { cases, allowed, slowestMs };
}
