import type { EvidenceRule } from './sentiment.js';
import type { Unit } from './units.js';

/** One reason found in a clause, before negation, intensity and weight. Indices count the clause's units. */
export interface Hit {
  readonly rule: EvidenceRule;
  readonly value: number;
  /** The word that modifiers stand next to. */
  readonly anchor: number;
  /** First unit of the span. */
  readonly first: number;
  /** Last unit of the span. */
  readonly last: number;
}

/** A clause while its rules run: what one rule has accounted for, the next leaves alone. */
export interface Reading {
  readonly units: readonly Unit[];
  readonly used: Set<number>;
}
