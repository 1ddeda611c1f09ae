import type { Unit } from './units.js';

/** A run of units that belong together. */
export interface Clause {
  readonly units: readonly Unit[];
  /** 1 for what the text mainly says, less for the rest. */
  readonly weight: number;
}

/** What a circumstance weighs beside the main clause. */
const CIRCUMSTANCE = 0.6;
/** What is granted weighs less still: "despite X, Y" says Y. */
const CONCESSION = 0.45;
/** What a sentence after the first weighs. */
const LATER_SENTENCE = 0.7;

interface Draft {
  units: Unit[];
  kind: 'main' | 'circumstance' | 'concession' | 'contrast';
  sentence: number;
}

/**
 * Cuts at the ends of sentences and at words such as "as", "after", "despite" and "but".
 *
 * "Despite X, Y": the comma ends the concession and Y is the main clause again. "X but Y": Y outweighs X.
 */
export function splitClauses(units: readonly Unit[]): readonly Clause[] {
  const drafts: Draft[] = [];
  let sentence = 0;
  let current: Draft = { units: [], kind: 'main', sentence };
  const start = (kind: Draft['kind']) => {
    if (current.units.length > 0) drafts.push(current);
    current = { units: [], kind, sentence };
  };
  for (const unit of units) {
    const { break: kind } = unit.entry;
    if (kind === 'sentence') {
      sentence += 1;
      start('main');
    } else if (kind === 'clause') start('circumstance');
    else if (kind === 'concession') start('concession');
    else if (kind === 'contrast') start('contrast');
    else if (kind === 'soft' && current.kind === 'concession' && isFirst(drafts, current))
      start('main');
    else current.units.push(unit);
  }
  start('main');
  const contrasted = new Set(
    drafts.filter(({ kind }) => kind === 'contrast').map((draft) => draft.sentence),
  );
  return drafts.map(({ units: own, kind, sentence: place }) => ({
    units: own,
    weight: weightOf(kind, contrasted.has(place)) * (place === 0 ? 1 : LATER_SENTENCE),
  }));
}

function isFirst(drafts: readonly Draft[], current: Draft): boolean {
  return drafts.at(-1)?.sentence !== current.sentence;
}

function weightOf(kind: Draft['kind'], contrasted: boolean): number {
  if (kind === 'contrast') return 1;
  if (kind === 'concession') return CONCESSION;
  if (kind === 'circumstance') return CIRCUMSTANCE;
  return contrasted ? CIRCUMSTANCE : 1;
}
