import type { SentimentLabel } from './sentiment.js';

const spellings: Readonly<Record<string, SentimentLabel>> = {
  positive: 'positive',
  pos: 'positive',
  negative: 'negative',
  neg: 'negative',
  neutral: 'neutral',
  neu: 'neutral',
};

/** A label in any case, whole or short; `undefined` for anything else. */
export function parseLabel(text: string): SentimentLabel | undefined {
  const key = text.trim().toLowerCase();
  return Object.hasOwn(spellings, key) ? spellings[key] : undefined;
}
