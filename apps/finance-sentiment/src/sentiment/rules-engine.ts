import { setImmediate as othersFirst } from 'node:timers/promises';
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

/** Characters that are scored at one go: some ten milliseconds for headlines, and a few times that for the worst text. */
const AT_ONE_GO = 20_000;

/** The default: needs nothing, explains itself, and lets others have the processor between long texts. */
export const rulesEngine: SentimentEngine = {
  id,
  async score(texts, options) {
    const verdicts: EngineVerdict[] = [];
    let read = 0;
    for (const text of texts) {
      if (read >= AT_ONE_GO) {
        await othersFirst();
        read = 0;
      }
      verdicts.push(scoreByRules(text, options));
      read += text.length;
    }
    return verdicts;
  },
};
