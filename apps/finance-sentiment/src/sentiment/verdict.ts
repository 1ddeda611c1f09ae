import type { SentimentLabel } from './sentiment.js';

/** Scores nearer to zero than this are neutral. */
const BAND = 0.2;
/** From here to the band the engine leans, and says so. */
const LEAN = 0.13;
/** Below this share of one side over all, good and bad news cancel out. */
const CONFLICT = 0.2;

/** What is less sure than this is not said. */
const FLOOR = 0.5;
/** Reasons that weigh less than this together are none: half of what one movement does. */
const ENOUGH = 0.5;
/** How sure neutral is where the text says why, and where it says nothing that is known. */
const SETTLED = 0.9;
const GUESSED = 0.4;

/** What the rules found, added up. */
export interface Tally {
  /** Sum of contributions. */
  readonly total: number;
  /** Sum of their absolute values. */
  readonly mass: number;
  /** Reasons that counted. */
  readonly hits: number;
  readonly unknownWords: number;
  /** Whether the text says that nothing moved, or is about form or a plain fact. */
  readonly settled: boolean;
}

/** A score with what can be said about it. */
export interface Verdict {
  readonly label: SentimentLabel;
  readonly score: number;
  readonly confidence: number;
  readonly lowConfidence: boolean;
}

/** Three decimals, and never minus zero. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000 + 0;
}

/** Squashes the total to -1..1 and decides the label. Does not look at the text. */
export function decide({ total, mass, hits, unknownWords, settled }: Tally): Verdict {
  const score = total / Math.sqrt(total * total + 2);
  const distance = Math.abs(score);
  const agreement = mass === 0 ? 1 : Math.abs(total) / mass;
  // One reason explains about eight words that nobody knows.
  const understood = (hits + 1) / (hits + 1 + unknownWords / 8);
  const beyond = Math.max(0, distance - BAND) / (1 - BAND);
  const confidence =
    (0.4 + 0.6 * Math.sqrt(beyond)) * (0.5 + 0.5 * understood) * (0.5 + 0.5 * agreement);
  if (distance >= BAND && agreement >= CONFLICT && confidence >= FLOOR) {
    const label = score > 0 ? 'positive' : 'negative';
    return { label, score: rounded(score), confidence: rounded(confidence), lowConfidence: false };
  }
  // Where no word mattered, neutral is a guess: whatever the text says, it says in other words.
  const lowConfidence = distance >= LEAN || (mass < ENOUGH && !settled);
  const base =
    mass === 0 ? (settled ? SETTLED : GUESSED) : 0.6 * (1 - Math.min(distance, BAND) / BAND);
  return {
    label: 'neutral',
    score: rounded(score),
    confidence: rounded(base * (0.5 + 0.5 * understood)),
    lowConfidence,
  };
}
