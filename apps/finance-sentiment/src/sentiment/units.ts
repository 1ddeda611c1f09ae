import type { BreakKind, Entry } from './lexicon/entry.js';
import { lexicon } from './lexicon/lexicon.js';
import type { Token } from './tokens.js';

/** A figure with what it counts. */
interface Quantity {
  /** Scaled: 3.1 mn is 3,100,000. */
  readonly value: number;
  readonly kind: 'money' | 'percent' | 'plain';
}

/** A token or a phrase, with what is known of it. */
export interface Unit {
  readonly entry: Entry;
  /** Whether the lexicon has it; figures and punctuation count as known. */
  readonly known: boolean;
  readonly start: number;
  readonly end: number;
  readonly quantity?: Quantity;
}

const unknown: Entry = {};
const signBreaks: Readonly<Record<string, BreakKind>> = {
  ',': 'soft',
  '(': 'soft',
  ')': 'soft',
  ';': 'sentence',
  ':': 'soft',
  '!': 'sentence',
  '?': 'sentence',
  '|': 'sentence',
  '\n': 'sentence',
  '\u2013': 'soft',
  '\u2014': 'soft',
  '-': 'soft',
};
const breakEntries = new Map(
  Object.entries(signBreaks).map(([sign, kind]) => [sign, { break: kind }]),
);
const sentenceEnd: Entry = { break: 'sentence' };
/** Words that a full stop shortens. */
const shortened = new Set(
  'inc corp ltd co no vs mr mrs ms dr est approx oyj plc jan feb mar apr jun jul aug sep sept oct nov dec'.split(
    ' ',
  ),
);

function phraseAt(
  tokens: readonly Token[],
  index: number,
): { length: number; entry: Entry } | undefined {
  const candidates = lexicon.phrases.get(tokens[index]?.word ?? '');
  const found = candidates?.find(({ rest }) =>
    rest.every((word, offset) => tokens[index + offset + 1]?.word === word),
  );
  return found && { length: found.rest.length + 1, entry: found.entry };
}

/** Whether a figure is a year rather than an amount. */
function isYear(token: Token): boolean {
  return /^(19|20)\d\d$/.test(token.word);
}

function quantityAt(
  tokens: readonly Token[],
  index: number,
): { length: number; quantity?: Quantity } {
  const token = tokens[index];
  let value = token?.value ?? 0;
  let length = 1;
  let kind: Quantity['kind'] = lexicon.words.get(tokens[index - 1]?.word ?? '')?.currency
    ? 'money'
    : 'plain';
  // "Negative EUR 15.5 mn", "minus 3".
  const before = kind === 'money' ? index - 2 : index - 1;
  if (value > 0 && lexicon.words.get(tokens[before]?.word ?? '')?.minus) value = -value;
  for (;;) {
    const next = tokens[index + length];
    const phrase = next && phraseAt(tokens, index + length);
    const entry = phrase?.entry ?? lexicon.words.get(next?.word ?? '');
    if (!entry) break;
    if (entry.scale) value *= entry.scale;
    else if (entry.percent) kind = 'percent';
    else if (entry.currency && kind !== 'money') kind = 'money';
    else break;
    length += phrase?.length ?? 1;
  }
  const bareYear = token !== undefined && length === 1 && kind === 'plain' && isYear(token);
  return { length, ...(bareYear ? {} : { quantity: { value, kind } }) };
}

const rise: Entry = { direction: 1 };
const fall: Entry = { direction: -1 };

/** A share with a sign of its own is a movement: "+1.3 %", "-2.7%". */
function changeOf({ signed }: Token, quantity: Quantity | undefined): Entry {
  if (!signed || quantity?.kind !== 'percent' || quantity.value === 0) return unknown;
  return quantity.value > 0 ? rise : fall;
}

function signEntry(tokens: readonly Token[], index: number): Entry {
  const token = tokens[index];
  if (token?.word !== '.') return breakEntries.get(token?.word ?? '') ?? unknown;
  const next = tokens[index + 1];
  const previous = tokens[index - 1];
  const ends = !next || next.start > token.end;
  const isShort =
    previous?.kind === 'word' && (previous.word.length < 2 || shortened.has(previous.word));
  return ends && !isShort ? sentenceEnd : unknown;
}

/** The phrase pass: the longest phrase at each place becomes one unit, and figures take up their scale and sign. */
export function toUnits(tokens: readonly Token[]): readonly Unit[] {
  const units: Unit[] = [];
  for (let index = 0; index < tokens.length; ) {
    const token = tokens[index];
    if (!token) break;
    const { start } = token;
    let length = 1;
    let made: Omit<Unit, 'start' | 'end'>;
    if (token.kind === 'number') {
      const { length: taken, ...figure } = quantityAt(tokens, index);
      length = taken;
      made = { entry: changeOf(token, figure.quantity), known: true, ...figure };
    } else {
      const phrase = phraseAt(tokens, index);
      if (phrase) {
        length = phrase.length;
        made = { entry: phrase.entry, known: true };
      } else if (token.kind === 'sign') {
        made = { entry: lexicon.words.get(token.word) ?? signEntry(tokens, index), known: true };
      } else {
        const entry = lexicon.words.get(token.word);
        made = { entry: entry ?? unknown, known: entry !== undefined };
      }
    }
    units.push({ ...made, start, end: tokens[index + length - 1]?.end ?? token.end });
    index += length;
  }
  return units;
}
