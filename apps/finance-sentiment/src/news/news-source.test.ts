import { expect, it } from 'vitest';
import { outlookOf } from './news-source.js';

it('takes its five steps where Alpha Vantage takes them', () => {
  const scores = [-1, -0.35, -0.349, -0.15, -0.149, 0, 0.149, 0.15, 0.349, 0.35, 1];
  expect(scores.map((score) => [score, outlookOf(score)])).toEqual([
    [-1, 'Bearish'],
    [-0.35, 'Bearish'],
    [-0.349, 'Somewhat-Bearish'],
    [-0.15, 'Somewhat-Bearish'],
    [-0.149, 'Neutral'],
    [0, 'Neutral'],
    [0.149, 'Neutral'],
    [0.15, 'Somewhat-Bullish'],
    [0.349, 'Somewhat-Bullish'],
    [0.35, 'Bullish'],
    [1, 'Bullish'],
  ]);
});
