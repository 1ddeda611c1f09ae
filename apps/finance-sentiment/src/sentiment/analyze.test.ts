import { describe, expect, it } from 'vitest';
import { analyze } from './analyze.js';

const labelOf = (text: string) => analyze(text).label;

describe('analyze', () => {
  it('answers with the whole of what it found', () => {
    expect(analyze('Debt falls', { explain: true })).toEqual({
      label: 'positive',
      score: 0.577,
      confidence: 0.812,
      lowConfidence: false,
      evidence: [
        {
          text: 'Debt falls',
          start: 0,
          end: 10,
          rule: 'metric-direction',
          weight: 1,
          contribution: 1,
        },
      ],
      rulesVersion: '1.3.0',
    });
  });

  it('lists no evidence unless it is asked to explain', () => {
    expect(analyze('Debt falls').evidence).toEqual([]);
  });

  it.each([
    ['', 'neutral'],
    ['Sales rose', 'positive'],
    ['Sales fell', 'negative'],
    ['Costs rose', 'negative'],
    ['Costs fell', 'positive'],
    ['Loan losses shrink', 'positive'],
    ['Company cuts guidance', 'negative'],
    ['A drop in sales', 'negative'],
    ['Operating loss improved', 'positive'],
    ['The company slipped to a loss', 'negative'],
    ['Court dismisses lawsuit', 'positive'],
    ['Strike averted', 'positive'],
    ['Retailer closes 40 stores', 'negative'],
    ['The share closed at 12.40', 'neutral'],
    ['The company signed a sales contract', 'neutral'],
    ['The economy contracted', 'negative'],
    ['A narrower loss', 'positive'],
    ['The ferry operator halved its losses', 'positive'],
    ['The share price halved', 'negative'],
    ['The bridge is over budget', 'negative'],
    ['The bank cannot rule out further writedowns', 'negative'],
    ['The bad-loan ratio improved', 'positive'],
    ['Thinner margins', 'negative'],
    ['Agency cuts the lender to CCC', 'negative'],
    ['Agency raises the lender to BBB+', 'positive'],
    ['Agency affirms the lender at A-', 'neutral'],
    ['The ruling removes uncertainty over the licence', 'positive'],
    ['The driller strikes gas', 'positive'],
    ['The carrier struck a deal to lease 12 aircraft', 'neutral'],
    ['Workers strike at the port', 'negative'],
    ['The refinery will be shut for maintenance', 'neutral'],
    ['The retailer entered administration', 'negative'],
    ['Customers cancelled orders worth 40 million euros', 'negative'],
  ])('reads %j as %s', (text, label) => {
    expect(labelOf(text)).toBe(label);
  });

  it.each([
    ['Operating profit rose to EUR 13.1 mn from EUR 8.7 mn', 'positive'],
    ['Operating profit was EUR 3.1 mn, compared to EUR 7.4 mn', 'negative'],
    ['Net loss was EUR 0.3 mn, compared with EUR 2.6 mn', 'positive'],
    ['A loss of EUR 1.4 mn, against a profit of EUR 0.9 mn', 'negative'],
    ['Profit was EUR 900,000, compared to EUR 1.1 mn', 'negative'],
    ['EPS 1.12 versus consensus 0.97', 'positive'],
    ['EPS -0.10 versus consensus -0.25', 'positive'],
    ['Margin was 2.9 %, 40 basis points below last year', 'negative'],
    ['Traffic was 11 percent more than a year ago', 'positive'],
    ['Sales will be above the earlier forecast', 'positive'],
    ['Third-quarter sales were below its own guidance', 'negative'],
    ['Costs ended up above plan', 'negative'],
    ['The firm aims above all to meet its targets', 'neutral'],
    ['Bidder offers a 30 % premium', 'positive'],
    ['Profit was EUR 5 mn in 2025 from 1,900 employees', 'neutral'],
  ])('compares the figures of %j: %s', (text, label) => {
    expect(labelOf(text)).toBe(label);
  });

  it.each([
    ['Brindle +4.2% after results', 'positive'],
    ['Brindle -4.2% after results', 'negative'],
    ['Brindle \u22124,2 % after results', 'negative'],
    ['Unemployment -0.3%', 'positive'],
    ['Margin -1.2% against -3.4%', 'positive'],
    ['Brindle +0% after results', 'neutral'],
    ['Brindle sees 5%-7% of members abroad', 'neutral'],
    ['Brindle dials +44 20', 'neutral'],
    ['Brindle dials -44', 'neutral'],
  ])('takes a share with a sign for a movement in %j: %s', (text, label) => {
    expect(labelOf(text)).toBe(label);
  });

  it.each([
    ['Investors have never been this bullish', 'positive'],
    ['Demand has never been stronger', 'positive'],
    ['Demand has never been weaker', 'negative'],
    ['The firm has never been profitable', 'negative'],
    ['Brindle downgraded to neutral from outperform', 'negative'],
    ['Brindle upgraded to buy from neutral', 'positive'],
    ['AM Best affirms credit ratings of Brindle', 'neutral'],
    ['Brindle prices senior secured notes', 'neutral'],
    ['A short squeeze candidate', 'neutral'],
    ['Board of Brindle approves separation', 'neutral'],
    ['Regulator approves merger of Brindle', 'positive'],
    ['The best podcast of the year', 'neutral'],
    ['The best quarter in years', 'positive'],
  ])('is not misled by common words in %j: %s', (text, label) => {
    expect(labelOf(text)).toBe(label);
  });

  it.each([
    ['Profit rose but the company missed expectations', 'negative'],
    ['Despite falling sales, profit rose sharply', 'positive'],
    ['Net sales were in line with expectations', 'neutral'],
    ['The number of shares increased to 13,902,421', 'neutral'],
    ['Fund raises its stake to 10.2 %', 'neutral'],
    ['The company declined to comment', 'neutral'],
  ])('weighs the clauses of %j: %s', (text, label) => {
    expect(labelOf(text)).toBe(label);
  });

  it('turns round what is negated', () => {
    expect(analyze('Profit did not rise').score).toBeLessThan(0);
    expect(analyze('There was no improvement in margins').label).toBe('negative');
    expect(analyze('Analysts no longer expect a default').label).toBe('positive');
  });

  it('counts strong words for more and weak words for less', () => {
    const plain = analyze('Sales fell').score;
    expect(analyze('Sales fell sharply').score).toBeLessThan(plain);
    expect(analyze('Sales fell slightly').score).toBeGreaterThan(plain);
  });

  it('says so when it leans without being sure', () => {
    expect(analyze('Profit rose and the lawsuit began')).toMatchObject({
      label: 'neutral',
      lowConfidence: true,
    });
  });

  it('tells a plain fact from words that it does not know', () => {
    expect(analyze('The grocer appoints a treasurer', { explain: true })).toMatchObject({
      label: 'neutral',
      lowConfidence: false,
      evidence: [{ text: 'appoints', rule: 'routine', weight: 1, contribution: 0 }],
    });
    expect(analyze('The grocer kicks the bucket', { explain: true })).toMatchObject({
      label: 'neutral',
      lowConfidence: true,
      evidence: [],
    });
    const [known, unknown] = ['appoints', 'greets'].map((verb) => analyze(`The grocer ${verb} it`));
    expect(known?.confidence).toBeGreaterThan(2 * (unknown?.confidence ?? 1));
    expect(analyze('The grocer appoints a treasurer as profit falls').label).toBe('negative');
  });

  it.each([
    ['The grocer has an opportunity', 'one slight word', true],
    ['The grocer has a schedule and an opportunity', 'a slight word in a plain fact', false],
    ['Debt falls, sales fall', 'two reasons that cancel each other', false],
  ])('answers neutral to %j because of %s, and is a guess: %s', (text, _why, lowConfidence) => {
    expect(analyze(text)).toMatchObject({ label: 'neutral', lowConfidence });
  });

  it('shows the words that turn round, strengthen, or take weight', () => {
    const reasons = (text: string) =>
      analyze(text, { explain: true }).evidence.map(
        ({ text: span, rule, weight, contribution }) => [span, rule, weight, contribution],
      );
    expect(reasons('There was no improvement in margins')).toEqual([
      ['no improvement in margins', 'metric-direction', 1, -0.74],
    ]);
    expect(reasons('Sales fell very sharply')).toEqual([
      ['Sales fell very', 'metric-direction', 1, -1.3],
    ]);
    expect(reasons('The bank will not default')).toEqual([['will not default', 'event', 1, 0.74]]);
    expect(reasons('The bank never said that it would not default')).toEqual([
      ['never said that it would not default', 'event', 1, -0.548],
    ]);
    expect(reasons('Profit rose, in line with forecasts')).toEqual([
      ['Profit rose', 'metric-direction', 0.3, 0.3],
      ['in line with forecasts', 'flat', 0.3, 0],
    ]);
    expect(reasons('Brindle jumps 25% in early trading')).toEqual([
      ['jumps 25%', 'direction', 1, 0.65],
    ]);
    expect(reasons('At the meeting, profit fell')).toEqual([
      ['profit fell', 'metric-direction', 1, -1],
    ]);
    expect(reasons('Will sales fall?')).toEqual([['sales fall', 'metric-direction', 0.5, -0.5]]);
    expect(reasons('Brindle jumps after approval')).toEqual([
      ['jumps', 'direction', 1, 0.22],
      ['approval', 'event', 0.6, 0.72],
    ]);
    expect(reasons('The share capital rises')).toEqual([
      ['share capital', 'formal', 0.3, 0],
      ['rises', 'direction', 0.3, 0.066],
    ]);
  });

  it.each([
    ['Fraud allegations are dropped', 'Fraud allegations are dropped'],
    ['Antitrust lawsuit was dismissed', 'Antitrust lawsuit was dismissed'],
  ])('takes the whole of a trouble that ends: %j', (text, span) => {
    expect(analyze(text, { explain: true })).toMatchObject({
      label: 'positive',
      evidence: [{ text: span, rule: 'resolution', contribution: 1.2 }],
    });
  });

  it('reads words through what nobody sees', () => {
    const text = '\u202EPro\u00ADfit\u200B warn\u200Ding\u2069';
    expect(analyze(text, { explain: true })).toMatchObject({
      label: 'negative',
      evidence: [{ start: 1, end: 19, rule: 'event' }],
    });
  });

  it('reads 100,000 characters and no more', () => {
    const before = (count: number) => analyze(`${' '.repeat(count)}Sales fell`).label;
    expect([before(99_990), before(99_991)]).toEqual(['negative', 'neutral']);
  });

  it('points into the text as it was given', () => {
    const text = '  “Vélo’s” PROFIT WARNING: https://example.com/beats $WIN';
    const { evidence } = analyze(text, { explain: true });
    expect(evidence.map((one) => one.text)).toEqual(['PROFIT WARNING']);
    for (const { start, end, text: span } of evidence) expect(text.slice(start, end)).toBe(span);
  });
});
