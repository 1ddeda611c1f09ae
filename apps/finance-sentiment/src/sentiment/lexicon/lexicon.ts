import { tokenise } from '../tokens.js';
import { directions } from './directions.js';
import type { Entry } from './entry.js';
import { events, resolvingVerbs, troubles } from './events.js';
import { inflect, phrases, words } from './inflect.js';
import { badMetrics, goodMetrics, lossWords, plainMetrics, profitWords } from './metrics.js';
import {
  barriers,
  benchmarks,
  breaks,
  comparators,
  consensusWords,
  currencies,
  failing,
  functionWords,
  intensities,
  negators,
  percentWords,
  scales,
} from './modifiers.js';
import { phraseFamilies } from './phrases.js';
import { routines } from './routines.js';

/** A phrase by its words after the first. */
interface Phrase {
  readonly rest: readonly string[];
  readonly entry: Entry;
}

/** Single words, and phrases by their first word, longest first. */
export interface Lexicon {
  readonly words: ReadonlyMap<string, Entry>;
  readonly phrases: ReadonlyMap<string, readonly Phrase[]>;
}

type Collected = Map<string, Entry>;

function add(collected: Collected, list: readonly string[], entry: Entry): void {
  for (const item of list) {
    // Read as a text is read, so that hyphens and apostrophes match in either spelling.
    const key = tokenise(item)
      .map(({ word }) => word)
      .join(' ');
    if (key !== '') collected.set(key, { ...collected.get(key), ...entry });
  }
}

function addVerbs(
  collected: Collected,
  list: { verbs?: string; forms?: string },
  entry: Entry,
): void {
  add(collected, words(list.verbs ?? '').flatMap(inflect), entry);
  add(collected, phrases(list.forms ?? ''), entry);
}

function collect(): Collected {
  const all: Collected = new Map();
  add(all, words(functionWords), {});
  add(all, phrases(barriers), { barrier: true });
  add(all, ['in', 'of'], { leads: true });
  add(all, ['to', 'into'], { toward: true });
  add(all, ['negative', 'minus'], { minus: true });
  add(all, phrases(currencies.replaceAll(' ', ',')), { currency: true });
  add(all, phrases(percentWords), { percent: true });
  for (const [factor, list] of Object.entries(scales))
    add(all, words(list), { scale: Number(factor) });

  for (const { value, verbs, forms } of events) addVerbs(all, { verbs, forms }, { event: value });
  for (const {
    value,
    transitive,
    quality,
    comparative,
    objectOnly,
    event,
    ...list
  } of directions) {
    addVerbs(all, list, {
      direction: value,
      ...(transitive ? { transitive } : {}),
      ...(quality ? { quality } : {}),
      ...(comparative ? { comparative } : {}),
      ...(objectOnly ? { objectOnly } : {}),
      ...(event ? { event } : {}),
    });
  }
  add(all, phrases(goodMetrics), { metric: 1 });
  for (const [alone, list] of Object.entries(badMetrics)) {
    add(all, phrases(list), { metric: -1, event: Number(alone) });
  }
  add(all, phrases(plainMetrics), { metric: 0 });
  add(all, phrases(profitWords), { result: 1 });
  add(all, phrases(lossWords), { result: -1 });
  addVerbs(all, resolvingVerbs, { resolves: true });
  add(all, phrases(negators), { negates: true });
  add(all, phrases(failing), { negates: true, event: -0.8 });
  for (const [factor, list] of Object.entries(intensities)) {
    add(all, phrases(list), { intensity: Number(factor) });
  }
  for (const [kind, list] of Object.entries(breaks)) {
    add(all, phrases(list), { break: kind as keyof typeof breaks });
  }
  add(all, phrases(comparators), { comparator: true });
  add(all, phrases(consensusWords), { consensus: true });
  add(all, phrases(benchmarks), { benchmark: true });
  // Last, and replacing what was collected: a phrase of these means only what its family says.
  for (const { entry, list } of phraseFamilies) {
    for (const phrase of phrases(list))
      all.delete(
        tokenise(phrase)
          .map(({ word }) => word)
          .join(' '),
      );
    add(all, phrases(list), entry);
  }
  add(all, phrases(troubles), { trouble: true });
  add(all, phrases(routines), { routine: true });
  return all;
}

function build(): Lexicon {
  const single = new Map<string, Entry>();
  const byFirst = new Map<string, Phrase[]>();
  for (const [key, entry] of collect()) {
    const [first = '', ...rest] = key.split(' ');
    if (rest.length === 0) single.set(first, entry);
    else byFirst.set(first, [...(byFirst.get(first) ?? []), { rest, entry }]);
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.rest.length - a.rest.length);
  return { words: single, phrases: byFirst };
}

/** Built once, when the module is loaded. */
export const lexicon: Lexicon = build();
