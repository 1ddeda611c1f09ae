import { median, row, type ShownRow } from '../report.js';
import { CLIENTS, type Grant } from './contestant.js';
import type { Rounds } from './measure.js';

/** The value that 99 of 100 do not exceed. */
const p99 = (rounds: Rounds): number => {
  const all = rounds.flatMap(({ latencies }) => latencies).sort((a, b) => a - b);
  return all[Math.ceil(all.length * 0.99) - 1] ?? Number.NaN;
};

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
