import type { Contestant, Grant } from './contestant.js';
import { type Load, loadOn, type Round } from './load.js';

/** The rounds of one contestant, in the order in which they were run. */
export type Rounds = readonly Round[];

/** How long everything takes, in milliseconds. */
export interface Effort {
  readonly warmUpMs: number;
  readonly rounds: number;
  readonly roundMs: number;
}

/** Runs the same load on all contestants in turn, so that each round of each sees the same machine. */
export async function measure(
  contestants: readonly Contestant[],
  grant: Grant,
  { warmUpMs, rounds, roundMs }: Effort,
): Promise<readonly Rounds[]> {
  const loads: readonly Load[] = contestants.map(loadOn);
  try {
    // Codes come in portions, so one run may be over before the time is.
    for (const load of loads) {
      for (const until = performance.now() + warmUpMs; performance.now() < until; ) {
        await load.run(grant, warmUpMs / 4);
      }
    }
    const seen: Round[][] = loads.map(() => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, load] of loads.entries()) {
        seen[index]?.push(await load.run(grant, roundMs));
      }
    }
    return seen;
  } finally {
    await Promise.all(loads.map((load) => load.close()));
  }
}
