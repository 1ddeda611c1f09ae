import { analyze } from './analyze.js';
import type { EngineVerdict, SentimentEngine } from './engine.js';
import { rulesVersion } from './rules-version.js';
import type { AnalyzeOptions } from './sentiment.js';

const id = `rules/${rulesVersion}`;

/** {@link analyze} as an engine says it. Pure, and no promise. */
export function scoreByRules(text: string, options?: AnalyzeOptions): EngineVerdict {
  const { label, score, confidence, lowConfidence, evidence } = analyze(text, options);
  return { label, score, confidence, lowConfidence, evidence, engine: id };
}

/** The default: needs nothing, never waits, explains itself. */
export const rulesEngine: SentimentEngine = {
  id,
  score: async (texts, options) => texts.map((text) => scoreByRules(text, options)),
};
