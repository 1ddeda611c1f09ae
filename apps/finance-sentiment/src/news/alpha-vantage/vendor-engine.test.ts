import { expect, it } from 'vitest';
import { rulesEngine } from '../../sentiment/rules-engine.js';
import { alphaVantageEngine } from './vendor-engine.js';

const article = (score: number, title: string, summary = '') => ({
  title,
  summary,
  score,
  source: 'Wire',
  publishedAt: '2026-08-05T08:00:00.000Z',
  label: 'Neutral' as const,
  relevance: 0.4,
});

it('takes the score of the vendor, and keeps ours beside it', async () => {
  const articles = [
    article(0.15, 'Debt falls', 'Sales fell sharply.'),
    article(0.149, 'Debt falls'),
    article(-0.15, 'Debt falls'),
  ];
  const verdicts = await alphaVantageEngine(rulesEngine).score(articles);
  const theirs = { confidence: 0.4, lowConfidence: false, evidence: [], engine: 'alpha-vantage' };
  expect(verdicts).toMatchObject([
    { label: 'positive', score: 0.15, ...theirs },
    { label: 'neutral', score: 0.149, ...theirs },
    { label: 'negative', score: -0.15, ...theirs },
  ]);
  expect(verdicts.map(({ comparison }) => comparison)).toEqual(
    await rulesEngine.score(['Debt falls\nSales fell sharply.', 'Debt falls', 'Debt falls']),
  );
});
