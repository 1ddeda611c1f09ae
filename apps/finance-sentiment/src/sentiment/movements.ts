import type { Hit, Reading } from './hit.js';
import type { Entry } from './lexicon/entry.js';

/** How many units back a verb looks for its subject, and how many ahead for its object. */
const SUBJECT_REACH = 12;
const OBJECT_REACH = 5;
/** How many units ahead of "above" or "below" a forecast may stand. */
const BENCHMARK_REACH = 5;
/** What a movement counts where nothing is known to move, bare and with a percentage or a benchmark beside it. */
const BARE = 0.22;
const BARE_MEASURED = 0.65;
/** What a second word about the same metric adds: "rose to 5 mn, up from 3 mn". */
const AGAIN = 0.25;
const DESTINATION = 1.2;

interface Bound {
  readonly metric: number;
  readonly first: number;
  readonly last: number;
  readonly again: boolean;
}

/** The run of metrics around a place. In a compound the bad noun wins: "loan losses". */
function compound({ units, used }: Reading, at: number): Bound {
  const isMetric = (index: number) => units[index]?.entry.metric !== undefined;
  let first = at;
  let last = at;
  while (isMetric(first - 1)) first -= 1;
  while (isMetric(last + 1)) last += 1;
  const own = units.slice(first, last + 1).map(({ entry }) => entry.metric ?? 0);
  const metric = own.includes(-1) ? -1 : Math.max(...own);
  const again = used.has(at);
  for (let index = first; index <= last; index += 1) used.add(index);
  return { metric, first, last, again };
}

function objectOf(reading: Reading, index: number, reach: number): Bound | undefined {
  const { units } = reading;
  for (let at = index + 1; at <= index + reach && at < units.length; at += 1) {
    const entry = units[at]?.entry;
    if (!entry) return undefined;
    if (entry.metric !== undefined) return compound(reading, at);
    if (entry.break || (entry.direction !== undefined && !entry.quality)) return undefined;
    // "In" right after the word leads to what moves: "a drop in sales".
    if (entry.barrier && !(at === index + 1 && entry.leads)) return undefined;
  }
  return undefined;
}

function subjectOf(reading: Reading, index: number): Bound | undefined {
  const { units } = reading;
  for (let at = index - 1; at >= index - SUBJECT_REACH && at >= 0; at -= 1) {
    if (units[at]?.entry.metric !== undefined) return compound(reading, at);
  }
  return undefined;
}

function besidePercent({ units }: Reading, index: number): number | undefined {
  return [index, index - 1, index + 1, index + 2, index + 3].find(
    (at) => units[at]?.quantity?.kind === 'percent',
  );
}

function measured({ units }: Reading, index: number): boolean {
  const before = units[index - 1];
  return (
    before?.quantity !== undefined ||
    before?.entry.currency === true ||
    before?.entry.percent === true
  );
}

/** "Above the company's own forecast": words beyond a barrier or another metric are about something else. */
function held({ units }: Reading, index: number): boolean {
  for (let at = index + 1; at <= index + BENCHMARK_REACH; at += 1) {
    const entry = units[at]?.entry;
    if (!entry || entry.break || entry.barrier || units[at]?.quantity) return false;
    if (entry.benchmark) return true;
    if (entry.metric !== undefined || entry.direction !== undefined) return false;
  }
  return false;
}

/** "Slipped to a loss", "rose to a profit": where a result's movement ends says it all. */
function destination({ units, used }: Reading, index: number): Hit | undefined {
  if (!units[index + 1]?.entry.toward) return undefined;
  const at = [index + 2, index + 3, index + 4].find(
    (one) => units[one]?.entry.metric !== undefined,
  );
  const result = at === undefined ? undefined : units[at]?.entry.result;
  if (at === undefined || result === undefined) return undefined;
  const subject = units.slice(Math.max(0, index - SUBJECT_REACH), index);
  if (subject.some(({ entry }) => entry.result === result)) return undefined;
  used.add(at);
  return {
    rule: 'metric-direction',
    value: result * DESTINATION,
    anchor: index,
    first: index,
    last: at,
  };
}

function bind(reading: Reading, index: number, entry: Entry): Bound | undefined {
  if (entry.comparative) return subjectOf(reading, index);
  if (entry.objectOnly) return objectOf(reading, index, OBJECT_REACH);
  if (entry.transitive || entry.quality) {
    return objectOf(reading, index, entry.quality ? 3 : OBJECT_REACH) ?? subjectOf(reading, index);
  }
  return subjectOf(reading, index) ?? objectOf(reading, index, OBJECT_REACH);
}

/** Shares in a clause that has two of them are compared, not moved: "-1.2 % against -3.4 %". */
function areCompared({ units }: Reading): boolean {
  return units.filter(({ quantity }) => quantity?.kind === 'percent').length > 1;
}

/** "Debt fell", "cuts guidance": what a movement means depends on what moves. */
export function movements(reading: Reading): readonly Hit[] {
  const { units, used } = reading;
  const hits: Hit[] = [];
  for (const [index, { entry }] of units.entries()) {
    const { direction } = entry;
    if (direction === undefined || used.has(index) || entry.metric !== undefined) continue;
    if (units[index]?.quantity && areCompared(reading)) continue;
    const judged = entry.comparative === true && held(reading, index);
    if (entry.comparative && !judged && !measured(reading, index)) continue;
    const reached = destination(reading, index);
    if (reached) {
      used.add(index);
      hits.push(reached);
      continue;
    }
    const bound = bind(reading, index, entry);
    if (!bound && (entry.event || entry.objectOnly)) continue;
    used.add(index);
    if (!bound) {
      const percent = besidePercent(reading, index);
      const value = direction * (judged || percent !== undefined ? BARE_MEASURED : BARE);
      const [first, last] = [Math.min(index, percent ?? index), Math.max(index, percent ?? index)];
      hits.push({ rule: 'direction', value, anchor: index, first, last });
      continue;
    }
    const sense = entry.quality ? Math.abs(bound.metric) : bound.metric;
    const value = direction * sense * (bound.again ? AGAIN : 1);
    if (value === 0) continue;
    hits.push({
      rule: 'metric-direction',
      value,
      anchor: index,
      first: Math.min(index, bound.first),
      last: Math.max(index, bound.last),
    });
  }
  return hits;
}
