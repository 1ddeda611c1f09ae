/** One word, figure or sign of a text. */
export interface Token {
  /** Lower case, straight quotes, without `'s` and without what nobody sees. Punctuation and `%` as they are. */
  readonly word: string;
  readonly kind: 'word' | 'number' | 'sign';
  /** UTF-16 offset of the first character in the original text. */
  readonly start: number;
  /** UTF-16 offset after the last character. */
  readonly end: number;
  /** Only on numbers. */
  readonly value?: number;
  /** Only on numbers that are written with a sign of their own: "+1.3", "-2.7". */
  readonly signed?: true;
}

/** Characters that are read of one text; what follows is ignored, so that no input takes long. */
const MAX_TEXT = 100_000;

// In this order: addresses, cash tags, figures, words (with apostrophes and `S&P`), anything else that matters.
const piece =
  /(?:https?:\/\/|www\.)[^\s]+|\$[a-z][a-z.]{0,6}(?![\p{L}\p{N}])|[-+\u2212]?\d+(?:[.,]\d+)*|\p{L}[\p{L}\p{M}\p{N}\p{Cf}]*(?:['’&][\p{L}\p{M}\p{N}\p{Cf}]+)*['’]?|[%‰€$£¥.;:!?,()\u2013\u2014|]|-(?=\s)|\n/giu;

function numberOf(text: string): number {
  const sign = /^[-\u2212]/.test(text) ? -1 : 1;
  const digits = text.replace(/^[-+\u2212]/, '');
  // "1,900" and "61,250,400" are thousands; any other comma is a decimal one.
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits)
    ? digits.replaceAll(',', '')
    : digits.replace(',', '.');
  const value = Number.parseFloat(plain);
  return Number.isFinite(value) ? sign * value : 0;
}

function wordOf(text: string): string {
  // Soft hyphens, joiners and marks of direction part no word.
  const lower = text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\p{Cf}+/gu, '');
  if (lower.endsWith("'s")) return lower.slice(0, -2);
  return lower.endsWith("'") ? lower.slice(0, -1) : lower;
}

/** Cuts a text into tokens. Addresses and cash tags (`$ABC`) are left out. Never throws; reads {@link MAX_TEXT} characters. */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const read = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  for (const match of read.matchAll(piece)) {
    const [raw] = match;
    let start = match.index;
    const end = start + raw.length;
    if (/^(https?:|www\.)/i.test(raw) || /^\$[a-z]/i.test(raw)) continue;
    if (/^[-+\u2212]?\d/.test(raw)) {
      // A hyphen after a letter or a figure joins ("mid-2026", "8-9"); it is no minus.
      const joined = !/^\d/.test(raw) && start > 0 && /[\p{L}\p{N}.%]/u.test(read[start - 1] ?? '');
      const figure = joined ? raw.slice(1) : raw;
      if (joined) start += 1;
      const signed = /^\d/.test(figure) ? {} : { signed: true as const };
      tokens.push({ word: figure, kind: 'number', start, end, value: numberOf(figure), ...signed });
    } else if (/^\p{L}/u.test(raw)) {
      tokens.push({ word: wordOf(raw), kind: 'word', start, end });
    } else {
      tokens.push({ word: raw, kind: 'sign', start, end });
    }
  }
  return tokens;
}
