import { analyze } from '../sentiment/analyze.js';
import type { ItemSentiment } from './news-item.js';

/** Scores title and summary together, as two sentences: the title weighs more. */
export function scoreItem(title: string, summary: string): ItemSentiment {
  const { label, score, confidence, lowConfidence, rulesVersion } = analyze(
    summary === '' ? title : `${title}\n${summary}`,
  );
  return { label, score, confidence, lowConfidence, rulesVersion };
}
