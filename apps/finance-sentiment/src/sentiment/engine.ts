import type { AnalyzeOptions, Evidence } from './sentiment.js';
import type { Verdict } from './verdict.js';

/** What an engine says of one text. */
export interface EngineVerdict extends Verdict {
  /** Why, where it was asked for and the engine can tell. */
  readonly evidence: readonly Evidence[];
  /** {@link SentimentEngine.id} of whose verdict it is. */
  readonly engine: string;
  /** What our own engine says, where the verdict is somebody else's. */
  readonly comparison?: EngineVerdict;
}

/** Scores texts; by rules, by a model, or by what a vendor has said already. */
export interface SentimentEngine<Subject = string> {
  /** Name and version, such as `rules/1.1.0`. Changes whenever the same text may get another score. */
  readonly id: string;
  /** A verdict for each, in their order. @throws {Error} when the engine fails: there is no half of an answer. */
  score(subjects: readonly Subject[], options?: AnalyzeOptions): Promise<readonly EngineVerdict[]>;
}
