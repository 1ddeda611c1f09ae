import type { Hit, Reading } from './hit.js';
import type { Unit } from './units.js';

/** Not good is a little less than bad. */
const NEGATED = -0.74;
/** Words that count, and words at all, between a negator and what it turns round. */
const NEGATOR_REACH = 3;
const NEGATOR_WINDOW = 7;
const INTENSITY_REACH = 2;

/** Articles, pronouns and the like, which do not count as distance. */
function isFiller({ entry, known, quantity }: Unit): boolean {
  return known && quantity === undefined && Object.keys(entry).length === 0;
}

function negatorBefore({ units }: Reading, anchor: number): number | undefined {
  for (let at = anchor - 1, counted = 0; at >= 0 && at >= anchor - NEGATOR_WINDOW; at -= 1) {
    const unit = units[at];
    if (!unit || unit.entry.break) return undefined;
    if (unit.entry.negates) return at;
    if (!isFiller(unit)) counted += 1;
    if (counted > NEGATOR_REACH) return undefined;
  }
  return undefined;
}

function intensityAround({ units }: Reading, anchor: number): number | undefined {
  for (let distance = 1; distance <= INTENSITY_REACH; distance += 1) {
    for (const at of [anchor - distance, anchor + distance]) {
      if (units[at]?.entry.intensity !== undefined) return at;
    }
  }
  return undefined;
}

/** The hit after what stands around it, with a span that has it too. Marks the negators it met as accounted for. */
export function modified(reading: Reading, hit: Hit): Hit {
  const intensity = intensityAround(reading, hit.anchor);
  const negator = negatorBefore(reading, hit.anchor);
  const second = negator === undefined ? undefined : negatorBefore(reading, negator);
  const negators = [negator, second].filter((at) => at !== undefined);
  for (const at of negators) reading.used.add(at);
  const strength = intensity === undefined ? 1 : (reading.units[intensity]?.entry.intensity ?? 1);
  const span = [hit.first, hit.last, ...negators, ...(intensity === undefined ? [] : [intensity])];
  return {
    ...hit,
    value: hit.value * strength * NEGATED ** negators.length,
    first: Math.min(...span),
    last: Math.max(...span),
  };
}
