import type { Hit, Reading } from './hit.js';

/** Words that are good or bad by themselves, where no other rule has accounted for them. */
export function happenings({ units, used }: Reading): readonly Hit[] {
  return [...units.entries()]
    .filter(([index, { entry }]) => entry.event && !used.has(index) && !entry.negates)
    .map(([index, { entry }]) => ({
      rule: 'event' as const,
      value: entry.event ?? 0,
      anchor: index,
      first: index,
      last: index,
    }));
}

/** What adds nothing, and says why a text is neutral. */
export function settlements({ units }: Reading): readonly Hit[] {
  return [...units.entries()].flatMap(([index, { entry }]) =>
    (['flat', 'formal', 'routine'] as const)
      .filter((rule) => entry[rule])
      .map((rule) => ({ rule, value: 0, anchor: index, first: index, last: index })),
  );
}

/** "Unable to", "lack of": bad news where there was nothing that they turned round. Runs after negation. */
export function failings({ units, used }: Reading): readonly Hit[] {
  return [...units.entries()]
    .filter(([index, { entry }]) => entry.event && entry.negates && !used.has(index))
    .map(([index, { entry }]) => ({
      rule: 'event' as const,
      value: entry.event ?? 0,
      anchor: index,
      first: index,
      last: index,
    }));
}
