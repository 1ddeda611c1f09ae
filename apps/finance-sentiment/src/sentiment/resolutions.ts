import type { Hit, Reading } from './hit.js';

const RESOLVED = 1.2;
/** How many units after the verb the trouble may stand. */
const REACH = 6;

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
    if (last < 0) continue;
    for (let at = index; at <= last; at += 1) used.add(at);
    hits.push({ rule: 'resolution', value: RESOLVED, anchor: index, first: index, last });
  }
  return hits;
}
