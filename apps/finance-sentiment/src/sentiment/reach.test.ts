import { describe, expect, it } from 'vitest';
import { analyze } from './analyze.js';

const reasons = (text: string) =>
  analyze(text, { explain: true }).evidence.map(({ text: span, rule, weight, contribution }) => [
    span,
    rule,
    weight,
    contribution,
  ]);
/** Words that nobody knows. */
const blanks = (count: number) => Array.from({ length: count }, () => 'zq').join(' ');
const fill = (template: string, count: number) => template.replace('@', blanks(count));

describe('how far a word reaches', () => {
  it.each([
    ['a negator over three words', 'Not @ profit rose', 2, -0.74, 1],
    ['a movement back to what moves', 'Profit @ fell', 11, -1, -0.22],
    ['a movement ahead to what moves', 'Brindle cuts @ guidance', 4, -1, -0.22],
    ['a solution ahead to its trouble', 'Brindle ends @ probe', 5, 1.2, -1.2],
    ['a solution back to its trouble', 'Probe @ ended', 5, 1.2, -1.2],
    ['a forecast ahead of "above"', 'Costs above @ plan', 4, -1, undefined],
    ['a figure back from "against"', 'Profit 3 @ against 2', 8, 1.2, undefined],
    ['a figure ahead of "against"', 'Profit 3 against @ 2', 8, 1.2, undefined],
    ['a metric back from its figure', 'Profit @ 3 against 2', 11, 1.2, undefined],
  ])('%s', (_what, template, most, near, far) => {
    const [within, beyond] = [most, most + 1].map((count) => {
      const [first] = reasons(fill(template, count)).filter(([, , , value]) => value !== 0);
      return first?.[3];
    });
    expect([within, beyond]).toEqual([near, far]);
  });

  it('strength two words to either side', () => {
    expect(reasons('Sales fell zq sharply')).toMatchObject([
      [expect.anything(), expect.anything(), 1, -1.4],
    ]);
    expect(reasons('Sales fell zq zq sharply')).toMatchObject([
      [expect.anything(), expect.anything(), 1, -1],
    ]);
    expect(reasons('Sales sharply zq fell')).toMatchObject([
      [expect.anything(), expect.anything(), 1, -1.4],
    ]);
  });

  it('little words are no distance, up to seven altogether', () => {
    expect(reasons('Not the its our their a profit rose')[0]?.[3]).toBe(-0.74);
    expect(reasons('Not the its our their a this profit rose')[0]?.[3]).toBe(1);
  });

  it('nothing over the end of a clause', () => {
    expect(reasons('Not so, profit rose').at(-1)?.[3]).toBe(1);
    expect(reasons('Brindle cuts, guidance stands')[0]).toEqual(['cuts', 'direction', 1, -0.22]);
  });
});

describe('what belongs to what', () => {
  it.each([
    ['Profit rose to EUR 5 mn from EUR 3 mn', [['Profit rose', 1]]],
    ['Profit was EUR 3 mn against EUR 3 mn', []],
    ['Votes were 300 against 200', []],
    ['Prices rise', []],
    ['Brindle adds', []],
    ['Brindle is at a record high', [['record high', 1.5]]],
    ['Profit cuts debt', [['cuts debt', 1]]],
    ['Sales zq improve margins', [['improve margins', 1]]],
    [
      'Brindle lifts improved guidance',
      [
        ['lifts improved guidance', 1],
        ['improved guidance', 0.25],
      ],
    ],
    [
      'Brindle lifts slumping sales',
      [
        ['lifts', 0.22],
        ['slumping sales', -1.5],
      ],
    ],
    ['Brindle cuts for guidance', [['cuts', -0.22]]],
    ['A drop in sales', [['drop in sales', -1]]],
    ['A drop zq in sales', [['drop', -0.22]]],
    ['Sales costs fall', [['Sales costs fall', 1]]],
    ['Costs sales fall', [['Costs sales fall', 1]]],
    ['Brindle ends, probe opens', [['probe', -1.2]]],
    [
      'Brindle ends probe zq fraud',
      [
        ['ends probe', 1.2],
        ['fraud', -1.5],
      ],
    ],
    ['Probe, zq ended', [['Probe', -1.2]]],
    ['Probe of profit ended', [['Probe', -1.2]]],
    ['Debt of Brindle Corp. falls', [['Debt of Brindle Corp. falls', 1]]],
    ['Debt of J. Zq falls', [['Debt of J. Zq falls', 1]]],
    ['Debt is zq. It falls', [['falls', -0.154]]],
    ['Costs were forty percent more', [['Costs were forty percent more', -1]]],
    ['Costs above sales plan', []],
    [`Profit ${'$ZQ '.repeat(15)} fell`, [[`Profit ${'$ZQ '.repeat(15)} fell`, -1]]],
    [`Profit ${'www.zq.com '.repeat(15)}fell`, [[`Profit ${'www.zq.com '.repeat(15)}fell`, -1]]],
    ['Profit https://zq.com/a fell', [['Profit https://zq.com/a fell', -1]]],
  ])('%s', (text, expected) => {
    expect(reasons(text).map(([span, , , value]) => [span, value])).toEqual(expected);
  });
});

describe('what a clause weighs', () => {
  it.each([
    ['Profit rose. Sales fell.', [1, 0.7]],
    ['Profit rose as sales fell', [1, 0.6]],
    ['Despite falling sales, profit rose', [0.45, 1]],
    ['Profit rose despite falling sales, and debt fell', [1, 0.45, 0.45]],
    ['Profit rose but sales fell', [0.6, 1]],
    ['Profit rose. Despite falling sales, debt fell.', [1, 0.315, 0.7]],
    ['Profit rose although sales fell but debt fell', [0.6, 0.45, 1]],
    ['Profit was flat as sales fell', [0.3, 0.6]],
    ['Why profit rose', [0.5]],
  ])('%s: %j', (text, weights) => {
    expect(reasons(text).map(([, , weight]) => weight)).toEqual(weights);
  });
});

describe('how much was understood', () => {
  const confidence = (text: string) => analyze(text).confidence;

  it('counts phrases, figures and punctuation as known, and other words not', () => {
    const plain = confidence('Swings to profit');
    expect(plain).toBe(0.887);
    expect(confidence('Swings to profit (3, 4)')).toBe(plain);
    expect(confidence('Swings to profit in addition')).toBe(plain);
    expect(confidence('Swings to profit zq')).toBeLessThan(plain);
  });

  it('lists reasons in the order of the text, whichever rule found them', () => {
    expect(reasons('Sales fell and Brindle ends probe').map(([span]) => span)).toEqual([
      'Sales fell',
      'ends probe',
    ]);
  });
});

describe('figures', () => {
  it.each([
    ['Profit was EUR 500 mn against EUR 1 mn', 'positive'],
    ['Profit was EUR 501 mn against EUR 1 mn', 'neutral'],
    ['A loss of EUR 3 mn, compared with EUR 0 mn', 'negative'],
    ['A loss of EUR 0 mn, compared with EUR 3 mn', 'positive'],
    ['A loss of EUR -3 mn, compared with EUR -1 mn', 'negative'],
    ['A loss of EUR -1 mn, compared with EUR -3 mn', 'positive'],
    ['A loss of EUR -3 mn, compared with EUR 1 mn', 'negative'],
    ['EBIT was negative EUR 3 mn against EUR 1 mn', 'negative'],
    ['EBIT was minus 3 mn against 1 mn', 'negative'],
    ['Profit was EUR 2024 against EUR 2025', 'negative'],
    ['Profit was 2024 against 2025', 'neutral'],
    ['Brindle +4.2% at 3 in the hall of 9 rooms', 'positive'],
    ['Brindle offers a premium 30 percent', 'positive'],
    ['Profit was EUR 3 mn against 2 percent', 'neutral'],
    ['Profit was EUR 3 mn against EUR 3 mn', 'neutral'],
    ['Votes were 300 against 200', 'neutral'],
    ['Profit of EUR 3 mn against a loss', 'positive'],
    ['Loss of EUR 3 mn against a profit', 'negative'],
    ['Brindle offers a premium of 30 percent', 'positive'],
    ['Brindle offers a premium zq zq 30 percent', 'neutral'],
  ])('compares %j: %s', (text, label) => {
    expect(analyze(text).label).toBe(label);
  });

  it('shows what was compared', () => {
    expect(reasons('Profit was EUR 3 mn against EUR 2 mn in May')).toEqual([
      ['Profit was EUR 3 mn against EUR 2 mn', 'numbers', 1, 1.2],
    ]);
    expect(reasons('Brindle offers a 30 % premium')).toEqual([['30 % premium', 'numbers', 1, 1.2]]);
  });
});

describe('where a result goes', () => {
  it.each([
    ['The unit climbed to a profit', [['climbed to a profit', 'metric-direction', 1, 1.2]]],
    ['The unit fell to a loss', [['fell to a loss', 'event', 1, -1.5]]],
    ['The unit slipped to a net loss', [['slipped to a net loss', 'metric-direction', 1, -1.2]]],
    [
      'The loss widened to a loss of 3',
      [
        ['loss widened', 'metric-direction', 1, -1],
        ['loss', 'event', 1, -0.6],
      ],
    ],
  ])('%s', (text, expected) => {
    expect(reasons(text)).toMatchObject(expected);
  });
});
