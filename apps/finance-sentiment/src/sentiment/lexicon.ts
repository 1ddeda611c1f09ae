import type { Entry } from './lexicon/entry.js';
import { lexicon as index } from './lexicon/lexicon.js';
import { rulesVersion } from './rules-version.js';

/** The word lists as plain data, for people who want to see why a word counts. */
export interface LexiconDocument {
  readonly rulesVersion: string;
  /** Words and phrases, sorted, with what the engine knows of each. */
  readonly entries: Readonly<Record<string, Entry>>;
}

function entries(): Record<string, Entry> {
  const all = new Map<string, Entry>(index.words);
  for (const [first, phrases] of index.phrases) {
    for (const { rest, entry } of phrases) all.set([first, ...rest].join(' '), entry);
  }
  return Object.fromEntries([...all].sort(([a], [b]) => a.localeCompare(b, 'en')));
}

/** Everything that {@link analyze} knows. */
export const lexicon: LexiconDocument = { rulesVersion, entries: entries() };
