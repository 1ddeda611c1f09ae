/** One thing to time: a batch of `count` operations. */
export type Batch = (count: number) => Promise<void> | void;

/** How two contestants compare. */
export interface Comparison {
  /** Operations a second, the median over all rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** The median of ours / theirs, taken round by round: the machine's drift falls out. */
  readonly ratio: number;
}

const ROUNDS = 15;
const ROUND_MS = 60;
/** So often, or so long, a contestant runs before it is timed: the compiler takes that many calls to settle on a whole HTTP stack. */
const WARM_UP_CALLS = 25_000;
const WARM_UP_MS = 12_000;

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

async function rate(batch: Batch, count: number): Promise<number> {
  const started = performance.now();
  await batch(count);
  return (count * 1000) / (performance.now() - started);
}

/** A count that takes about one round, once the compiler has seen all there is to see. */
async function sizeOf(batch: Batch): Promise<number> {
  const until = performance.now() + WARM_UP_MS;
  let perSecond = await rate(batch, 16);
  for (let calls = 0; calls < WARM_UP_CALLS && performance.now() < until; ) {
    const count = Math.ceil(perSecond / 20);
    perSecond = await rate(batch, count);
    calls += count;
  }
  return Math.ceil((perSecond * ROUND_MS) / 1000);
}

/** Times two contestants in turn, so that both see the same machine. */
export async function compare(ours: Batch, theirs: Batch): Promise<Comparison> {
  const counts = [await sizeOf(ours), await sizeOf(theirs)] as const;
  const rates: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.push([await rate(ours, counts[0]), await rate(theirs, counts[1])]);
  }
  return {
    ours: median(rates.map(([own]) => own)),
    theirs: median(rates.map(([, other]) => other)),
    ratio: median(rates.map(([own, other]) => own / other)),
  };
}

/** Operations a second of one contestant alone. */
export async function measure(batch: Batch): Promise<number> {
  const count = await sizeOf(batch);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rates.push(await rate(batch, count));
  return median(rates);
}
