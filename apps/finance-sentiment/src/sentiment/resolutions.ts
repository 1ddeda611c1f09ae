import type { Hit, Reading } from './hit.js';

const RESOLVED = 1.2;
/** How many units after the verb the trouble may stand. */
const REACH = 6;

/** "Strike averted", "fraud allegations were dropped": the trouble before a verb that nothing of business stands closer to. */
function subjectOf({ units, used }: Reading, index: number): number | undefined {
  for (let at = index - 1; at >= index - REACH && at >= 0; at -= 1) {
    const entry = units[at]?.entry;
    if (!entry || used.has(at) || entry.break) return undefined;
    if (entry.trouble) {
      let first = at;
      while (units[first - 1]?.entry.trouble && !used.has(first - 1)) first -= 1;
      return first;
    }
    if (entry.metric !== undefined || entry.direction !== undefined) return undefined;
  }
  return undefined;
}

/** "Drops antitrust probe", "exits bankruptcy": the end of a trouble is good news, and the trouble counts no more. */
export function resolutions({ units, used }: Reading): readonly Hit[] {
  const hits: Hit[] = [];
  for (const [index, { entry }] of units.entries()) {
    if (!entry.resolves || used.has(index)) continue;
    let last = -1;
    for (let at = index + 1; at <= index + REACH && at < units.length; at += 1) {
      const next = units[at]?.entry;
      if (!next || next.break) break;
      if (next.trouble) last = at;
      else if (last >= 0) break;
    }
    const first = last < 0 ? subjectOf({ units, used }, index) : index;
    if (first === undefined) continue;
    const end = Math.max(index, last);
    for (let at = first; at <= end; at += 1) used.add(at);
    hits.push({ rule: 'resolution', value: RESOLVED, anchor: index, first, last: end });
  }
  return hits;
}
