import { CLIENTS, type Grant } from './contestant.js';
import type { Rounds } from './measure.js';

/** One line of the report: exactly what `--json` prints. */
interface Row {
  readonly name: string;
  /** To the bare endpoint, more is better; `null` where nothing was measured. */
  readonly ratio: number | null;
  /** What the ratio has to reach; 0 where it is only reported. */
  readonly bar: number;
  /** Whether it was measured and reaches the bar. */
  readonly holds: boolean;
}

/** A row, and what a person wants to see beside it. */
export interface ShownRow extends Row {
  readonly seen: string;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The value that 99 of 100 do not exceed. */
const p99 = (rounds: Rounds): number => {
  const all = rounds.flatMap(({ latencies }) => latencies).sort((a, b) => a - b);
  return all[Math.ceil(all.length * 0.99) - 1] ?? Number.NaN;
};

const rounded = (value: number) => Math.round(value * 1000) / 1000;

const row = (name: string, ratio: number, bar: number, seen: string): ShownRow => ({
  name,
  ratio: rounded(ratio),
  bar,
  holds: ratio >= bar,
  seen,
});

/** How a store did at a grant: throughput, paired round by round, and the slowest of a hundred answers. */
export function rowsOf(
  store: string,
  grant: Grant,
  bar: number,
  ours: Rounds,
  bare: Rounds,
): readonly ShownRow[] {
  const pairs = ours.map(({ perSecond }, index) => perSecond / (bare[index]?.perSecond ?? 0));
  const perSecond = (rounds: Rounds) => Math.round(median(rounds.map((round) => round.perSecond)));
  const [own, other] = [p99(ours), p99(bare)];
  return [
    row(`${grant}, ${store}`, median(pairs), bar, `${perSecond(ours)}/s to ${perSecond(bare)}/s`),
    row(
      `p99 of ${CLIENTS} clients, ${grant}, ${store}`,
      other / own,
      0,
      `${own.toFixed(0)} ms to ${other.toFixed(0)} ms`,
    ),
  ];
}

/** A store that could not be opened: its server does not answer, or does not let us in. */
export const notMeasured = (store: string, reason: unknown): ShownRow => ({
  name: `${store}: not measured`,
  ratio: null,
  bar: 0,
  holds: false,
  seen: reason instanceof Error ? reason.message : String(reason),
});
