import type { Hit, Reading } from './hit.js';
import type { Unit } from './units.js';

const COMPARED = 1.2;
const PREMIUM = 1.2;
/** How far from the comparing word the figures, and from the first figure its metric, may stand. */
const FIGURE_REACH = 9;
const METRIC_REACH = 12;
/** Figures further apart than this factor do not measure the same thing. */
const FAR_APART = 500;

function find(
  units: readonly Unit[],
  from: number,
  step: 1 | -1,
  reach: number,
  wanted: (unit: Unit) => boolean,
): number | undefined {
  for (
    let at = from, left = reach;
    left > 0 && at >= 0 && at < units.length;
    at += step, left -= 1
  ) {
    const unit = units[at];
    if (unit && wanted(unit)) return at;
  }
  return undefined;
}

function alike(a: Unit, b: Unit): boolean {
  if (!a.quantity || !b.quantity) return false;
  if ((a.quantity.kind === 'percent') !== (b.quantity.kind === 'percent')) return false;
  const [small = 0, large = 0] = [Math.abs(a.quantity.value), Math.abs(b.quantity.value)].sort(
    (x, y) => x - y,
  );
  return small === 0 || large / small <= FAR_APART;
}

interface Sides {
  readonly metric: Unit | undefined;
  readonly result: number | undefined;
  readonly expected: boolean;
  readonly first: Unit | undefined;
  readonly second: Unit | undefined;
}

/** 1, -1 or 0: whether the first figure is better than the second. */
function verdict({ metric, result, expected, first, second }: Sides): number {
  const own = metric?.entry.result;
  if (own !== undefined && result !== undefined && own !== result) return Math.sign(own - result);
  if (!first?.quantity || !second?.quantity || !alike(first, second)) return 0;
  const difference = Math.sign(first.quantity.value - second.quantity.value);
  const sense = metric?.entry.metric ?? (expected ? 1 : 0);
  // A loss written with a minus is a plain number already: -3 is worse than -1.
  const negative = first.quantity.value < 0 || second.quantity.value < 0;
  return difference * (negative && sense < 0 ? 1 : sense);
}

/** "Profit was 3.1 mn, compared to 7.4 mn", "EPS 0.88 versus consensus 1.05", "a loss, against a profit". */
export function comparisons({ units, used }: Reading): readonly Hit[] {
  const hits: Hit[] = [];
  for (const [index, { entry }] of units.entries()) {
    if (used.has(index) || !(entry.comparator || entry.consensus)) continue;
    const isFigure = ({ quantity }: Unit) => quantity !== undefined;
    const firstAt = find(units, index - 1, -1, FIGURE_REACH, isFigure);
    const secondAt = find(units, index + 1, 1, FIGURE_REACH, isFigure);
    const start = (firstAt ?? index) - 1;
    const metricAt = find(
      units,
      start,
      -1,
      METRIC_REACH,
      (unit) => unit.entry.metric !== undefined,
    );
    if (metricAt !== undefined && used.has(metricAt)) continue;
    const end = secondAt ?? Math.min(index + FIGURE_REACH, units.length - 1);
    const between = units.slice(index, end + 1);
    const value = verdict({
      metric: metricAt === undefined ? undefined : units[metricAt],
      result: between.find((unit) => unit.entry.result !== undefined)?.entry.result,
      expected: between.some((unit) => unit.entry.consensus),
      first: firstAt === undefined ? undefined : units[firstAt],
      second: secondAt === undefined ? undefined : units[secondAt],
    });
    if (value === 0) continue;
    const first = metricAt ?? firstAt ?? index;
    for (let at = first; at <= end; at += 1) used.add(at);
    hits.push({ rule: 'numbers', value: value * COMPARED, anchor: index, first, last: end });
  }
  return hits;
}

/** "A 42 % premium", "a premium of 30 percent": what a bidder pays above the price. */
export function premiums(reading: Reading, words: (unit: Unit) => string): readonly Hit[] {
  const { units, used } = reading;
  return [...units.entries()]
    .filter(([, unit]) => words(unit) === 'premium')
    .flatMap(([index]): readonly Hit[] => {
      const near = [index - 1, index + 1, index + 2].find(
        (at) => units[at]?.quantity?.kind === 'percent',
      );
      if (near === undefined) return [];
      used.add(index);
      const [first, last] = [Math.min(index, near), Math.max(index, near)];
      return [{ rule: 'numbers', value: PREMIUM, anchor: index, first, last }];
    });
}
