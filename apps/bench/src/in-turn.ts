import { median } from './report.js';

/** One thing to time: a batch of `count` operations. Throws when an operation is not answered as it has to be. */
export type Batch = (count: number) => Promise<void> | void;

/** How long everything takes. */
export interface Effort {
  /** For each contestant, in milliseconds: the compiler takes long to settle on a whole HTTP stack. */
  readonly warmUpMs: number;
  readonly rounds: number;
  readonly roundMs: number;
}

/** Operations a second of each round. */
export type Rates = readonly number[];

/** Into so many slices the time to warm up is cut. */
const SLICES = 10;

/** Milliseconds since some moment. */
type Clock = () => number;

const wallClock: Clock = () => performance.now();

/** Processor time of this process: what a function costs that never waits, also while others use the machine. */
export const processorClock: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function rate(batch: Batch, count: number, clock: Clock): Promise<number> {
  const started = clock();
  await batch(count);
  return (count * 1000) / (clock() - started);
}

/** Runs all contestants in turn, warm-up too, so that each round of each sees the same machine and the same compiler. */
export async function inTurn<Name extends string>(
  contestants: Readonly<Record<Name, Batch>>,
  { warmUpMs, rounds, roundMs }: Effort,
  clock: Clock = wallClock,
): Promise<Readonly<Record<Name, Rates>>> {
  const running = Object.entries<Batch>(contestants).map(([name, batch]) => {
    return { name, batch, perSecond: 1000, rates: [] as number[] };
  });
  for (let slice = 0; slice < SLICES; slice += 1) {
    for (const one of running) {
      for (const until = performance.now() + warmUpMs / SLICES; performance.now() < until; ) {
        one.perSecond = await rate(one.batch, Math.ceil(one.perSecond / 100), wallClock);
      }
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { batch, perSecond, rates } of running) {
      rates.push(await rate(batch, Math.ceil((perSecond * roundMs) / 1000), clock));
    }
  }
  return Object.fromEntries(running.map(({ name, rates }) => [name, rates])) as never;
}

/** The median of ours / theirs, taken round by round: the machine's drift falls out. */
export const ratioOf = (ours: Rates, theirs: Rates): number =>
  median(ours.map((own, round) => own / (theirs[round] ?? Number.NaN)));

/** So many requests are under way at once, as in a server. */
const IN_FLIGHT = 16;

/** A batch of asynchronous operations. Each group of them ends in a turn of the event loop, as requests that came by a socket do. */
export const together =
  (once: () => Promise<void> | void): Batch =>
  async (count) => {
    for (let index = 0; index < count; index += IN_FLIGHT) {
      await Promise.all(Array.from({ length: IN_FLIGHT }, once));
      await new Promise(setImmediate);
    }
  };
