import { describe, expect, it } from 'vitest';
import { decide, rounded } from './verdict.js';

const one = { total: 1, mass: 1, hits: 1, unknownWords: 0, settled: false };

describe('decide', () => {
  it('squashes the total', () => {
    expect(decide(one)).toEqual({
      label: 'positive',
      score: 0.577,
      confidence: 0.812,
      lowConfidence: false,
    });
    expect(decide({ ...one, total: -1 })).toMatchObject({ label: 'negative', score: -0.577 });
    expect(decide({ ...one, total: 1e6, mass: 1e6 })).toMatchObject({ score: 1, confidence: 1 });
  });

  it('says nothing below one half of confidence', () => {
    // The same words among more and more that nobody knows.
    const labels = [0, 40, 400].map((unknownWords) =>
      decide({ ...one, total: 0.5, mass: 0.5, unknownWords }),
    );
    expect(labels).toMatchObject([
      { label: 'positive', lowConfidence: false, confidence: 0.645 },
      { label: 'neutral', lowConfidence: true },
      { label: 'neutral', lowConfidence: true },
    ]);
  });

  it.each([
    [0.18, 0.5, 'neutral', false],
    [0.19, 0.5, 'neutral', true],
    [0.32, 0.32, 'neutral', true],
    [0.33, 0.33, 'positive', false],
  ])('with %d of %d answers %s, low confidence %s', (total, mass, label, lowConfidence) => {
    expect(decide({ ...one, total, mass })).toMatchObject({ label, lowConfidence });
  });

  it('takes good and bad news that nearly cancel out for neither', () => {
    expect(decide({ ...one, total: 0.6, mass: 3.1, hits: 3 })).toMatchObject({
      label: 'neutral',
      lowConfidence: true,
    });
  });

  it('is the surer of neutral the nearer good and bad news come to each other', () => {
    const [near, nearer] = [0.1, 0].map((total) => decide({ ...one, total, mass: 2, hits: 2 }));
    expect(near).toMatchObject({ label: 'neutral', confidence: 0.388, lowConfidence: false });
    expect(nearer).toMatchObject({ label: 'neutral', confidence: 0.6, lowConfidence: false });
  });

  it('is sure of neutral only where the text says why', () => {
    const nothing = { total: 0, mass: 0, hits: 0, unknownWords: 0 };
    expect(decide({ ...nothing, settled: true })).toEqual({
      label: 'neutral',
      score: 0,
      confidence: 0.9,
      lowConfidence: false,
    });
    expect(decide({ ...nothing, settled: false })).toEqual({
      label: 'neutral',
      score: 0,
      confidence: 0.4,
      lowConfidence: true,
    });
    expect(decide({ ...nothing, mass: 0.49, settled: false }).lowConfidence).toBe(true);
    expect(decide({ ...nothing, mass: 0.5, settled: false }).lowConfidence).toBe(false);
  });
});

it('rounds to three decimals, and knows no minus zero', () => {
  expect([rounded(0.12345), rounded(-0.00001)]).toEqual([0.123, 0]);
});
