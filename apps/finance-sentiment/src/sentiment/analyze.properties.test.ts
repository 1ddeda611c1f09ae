import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from './analyze.js';

const templates = [
  '@ raises full-year guidance after record orders',
  '@ misses profit estimates as bad loans climb',
  'Operating profit of @ fell to EUR 3.1 mn from EUR 7.4 mn',
  'Debt at @ falls',
  'Shares of @ plunge after profit warning',
  'Regulator drops antitrust probe into @',
  '@ names a new chief financial officer',
  '@ to report third-quarter results on 24 October',
  'Analyst upgrades @ to buy',
  '@ swings to profit',
  '@ recalls 90,000 cars over brake defect',
] as const;

// Letters that make no word of the lexicon: invented names end in "zq".
const name = fc
  .array(fc.stringMatching(/^[A-Z][a-z]{2,8}zq$/), { minLength: 1, maxLength: 2 })
  .map((parts) => parts.join(' '));
const template = fc.constantFrom(...templates);
const headline = fc.tuple(template, name).map(([text, who]) => text.replace('@', who));

describe('analyze, for any text', () => {
  it('does not care about case', () => {
    fc.assert(
      fc.property(headline, (text) => {
        const { score } = analyze(text);
        expect(analyze(text.toUpperCase()).score).toBe(score);
        expect(analyze(text.toLowerCase()).score).toBe(score);
      }),
    );
  });

  it('does not care about the punctuation around a sentence, or the shape of quotes and spaces', () => {
    const dress = fc.constantFrom(
      (text: string) => `${text}.`,
      (text: string) => `${text}!`,
      (text: string) => `“${text}”`,
      (text: string) => `  ${text.replaceAll(' ', '   ')}  `,
      (text: string) => text.replaceAll('-', ' '),
      (text: string) => `${text} …`,
    );
    fc.assert(
      fc.property(headline, dress, (text, change) => {
        expect(analyze(change(text)).label).toBe(analyze(text).label);
      }),
    );
  });

  it('does not care whose news it is', () => {
    fc.assert(
      fc.property(template, name, name, (text, one, other) => {
        const first = analyze(text.replace('@', one));
        expect(analyze(text.replace('@', other)).label).toBe(first.label);
      }),
    );
  });

  it('keeps no strong label once "not" is added', () => {
    const metric = fc.constantFrom(
      'profit',
      'sales',
      'margins',
      'debt',
      'costs',
      'orders',
      'losses',
    );
    const verb = fc.constantFrom(
      'rise',
      'fall',
      'grow',
      'decline',
      'surge',
      'plunge',
      'improve',
      'shrink',
    );
    fc.assert(
      fc.property(metric, verb, name, (what, how, who) => {
        const plain = analyze(`${what} of ${who} will ${how}`);
        const negated = analyze(`${what} of ${who} will not ${how}`);
        expect(plain.label).not.toBe('neutral');
        expect(Math.sign(negated.score)).toBe(-Math.sign(plain.score));
        expect(Math.abs(negated.score)).toBeLessThan(Math.abs(plain.score));
      }),
    );
  });

  it('never throws, stays in range, and points at real spans', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'profit',
        'fell',
        'not',
        '-',
        '%',
        'EUR',
        '3.1',
        'from',
        '\ud800',
        '’s',
        ' ',
        'loss',
        'vs',
        'to',
      ),
    );
    const anything = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), anything), (text) => {
        const { label, score, confidence, evidence } = analyze(text, { explain: true });
        expect(['positive', 'negative', 'neutral']).toContain(label);
        expect(Math.abs(score)).toBeLessThanOrEqual(1);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
        for (const { text: span, start, end, contribution } of evidence) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(text.slice(start, end)).toBe(span);
          expect(Number.isFinite(contribution)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same answer every time', () => {
    fc.assert(
      fc.property(headline, (text) => {
        expect(analyze(text, { explain: true })).toEqual(analyze(text, { explain: true }));
      }),
    );
  });
});
