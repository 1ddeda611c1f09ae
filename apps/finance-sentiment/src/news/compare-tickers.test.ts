import { describe, expect, it } from 'vitest';
import { tally } from './aggregate.js';
import { compareTickers } from './compare-tickers.js';
import { createEmbeddedSource } from './embedded-source.js';
import type { NewsItem } from './news-item.js';
import { createNewsStore } from './news-store.js';

const at = Date.UTC(2026, 9, 31, 12);

function item(daysAgo: number, score: number, confidence: number): NewsItem {
  const label = score > 0.2 ? 'positive' : score < -0.2 ? 'negative' : 'neutral';
  return {
    id: `x${daysAgo}`,
    publishedAt: new Date(at - daysAgo * 86_400_000).toISOString(),
    tickers: ['X'],
    source: 's',
    title: 't',
    summary: '',
    origin: 'import',
    sentiment: { label, score, confidence, lowConfidence: false, engine: 'rules/1' },
  };
}

function aggregate(items: readonly NewsItem[], moment: number) {
  const all = tally(moment);
  for (const one of items) all.add(one);
  return all.total();
}

describe('aggregate', () => {
  it('lets an item count half after three days, and by its confidence', () => {
    // Weights 0.8, 0.4 and 0.1: (0.8·0.5 - 0.4·0.5 + 0.1·0) / 1.3.
    expect(aggregate([item(0, 0.5, 0.8), item(3, -0.5, 0.8), item(6, 0, 0.4)], at)).toEqual({
      n: 3,
      mean: 0.154,
      spread: 0.455,
      counts: { positive: 1, negative: 1, neutral: 1 },
      fewItems: false,
    });
  });

  it('has no spread below nothing, whatever rounding does', () => {
    expect(
      aggregate(
        [0, 1, 2, 3].map((days) => item(days, 0.1, 0.3)),
        at,
      ),
    ).toMatchObject({
      mean: 0.1,
      spread: 0,
    });
  });

  it('has no mean of nothing, and no spread of one', () => {
    expect(aggregate([], at)).toMatchObject({ n: 0, mean: null, spread: null, fewItems: true });
    expect(aggregate([item(1, 0.4, 0)], at)).toMatchObject({
      n: 1,
      mean: 0.4,
      spread: null,
      fewItems: true,
    });
    expect(aggregate([item(40_000, 0.4, 0.5)], at)).toMatchObject({ n: 1, mean: null });
  });
});

describe('compareTickers', () => {
  const store = createNewsStore({ clock: () => at });

  it('ranks by mean, those without news last, over 30 days up to the data’s own date', () => {
    const { from, to, standings } = compareTickers(store, ['NONE', 'SDRK', 'TNDQ', 'SDRK']);
    expect({ from, to }).toEqual({
      from: '2026-10-02T00:00:00.000Z',
      to: '2026-10-31T23:59:59.999Z',
    });
    expect(
      standings.map(({ ticker, name, n, fewItems }) => ({ ticker, name, n, fewItems })),
    ).toEqual([
      { ticker: 'TNDQ', name: 'Tindravale Semiconductor', n: 8, fewItems: false },
      { ticker: 'SDRK', name: 'Sundrake Motors', n: 9, fewItems: false },
      { ticker: 'NONE', name: undefined, n: 0, fewItems: true },
    ]);
  });

  it('shows each day with news as it stood then', () => {
    const { standings } = compareTickers(store, ['TNDQ'], { from: '2026-10-22', to: '2026-10-26' });
    expect(
      standings[0]?.days.map(({ date, published, n, fewItems }) => ({
        date,
        published,
        n,
        fewItems,
      })),
    ).toEqual([
      { date: '2026-10-22', published: 2, n: 2, fewItems: true },
      { date: '2026-10-26', published: 1, n: 3, fewItems: false },
    ]);
  });

  it('counts every headline, however many there are', async () => {
    const many = createNewsStore({ clock: () => at });
    const rows = Array.from(
      { length: 1200 },
      (_, index) => `2026-10-${index < 600 ? 10 : 20},Profit of firm ${index} rises,ZZZA`,
    );
    await many.import({ csv: ['date,title,ticker', ...rows].join('\n') });
    const october = { from: '2026-10-01', to: '2026-10-15' };
    expect(compareTickers(many, ['ZZZA'], october).standings).toMatchObject([{ n: 600 }]);
    expect(compareTickers(many, ['ZZZA']).standings).toMatchObject([
      {
        n: 1200,
        days: [
          { n: 600, published: 600 },
          { n: 1200, published: 600 },
        ],
      },
    ]);
    const source = createEmbeddedSource(many);
    expect(await source.newsSentiment({ ticker: 'ZZZA' })).toMatchObject({ articleCount: 1200 });
  });

  it('judges recency of a day by its end, not by the end of the window', () => {
    const spoken = { from: '2026-09-02', to: '2026-10-31' };
    const [window] = compareTickers(store, ['TNDQ'], spoken).standings;
    for (const { date, published, ...then } of window?.days ?? []) {
      const [alone] = compareTickers(store, ['TNDQ'], { ...spoken, to: date }).standings;
      const { n, mean, spread, counts, fewItems } = alone ?? {};
      expect(then, date).toEqual({ n, mean, spread, counts, fewItems });
    }
  });

  it('lists those that stand alike by name', () => {
    const { standings } = compareTickers(store, ['NOB', 'NOA']);
    expect(standings.map(({ ticker }) => ticker)).toEqual(['NOA', 'NOB']);
  });

  it('looks at 366 days and no more', () => {
    const to = '2026-11-01T00:00:00Z';
    expect(compareTickers(store, ['TNDQ'], { from: '2025-10-31', to }).standings).toMatchObject([
      { n: 18 },
    ]);
    expect(() => compareTickers(store, ['TNDQ'], { from: '2025-10-30T23:59:59Z', to })).toThrow(
      'The window must have at most 366 days.',
    );
  });

  it('says when the news ends to who asks for later ones', () => {
    expect(() => compareTickers(store, ['TNDQ'], { from: '2027-01-01' })).toThrow(
      '"from" must not be after "to", which is 2026-10-31T23:59:59.999Z.',
    );
  });

  it.each([[{ from: 'x' }], [{ from: '2026-10-02', to: '2026-10-01' }], [{ from: '2020-01-01' }]])(
    'refuses the window %j',
    (window) => {
      expect(() => compareTickers(store, ['TNDQ'], window)).toThrow(RangeError);
    },
  );
});

describe('the embedded source', () => {
  const source = createEmbeddedSource(createNewsStore({ clock: () => at }));

  it('gives articles with scores, labels and an aggregate, at most as many as asked', async () => {
    const answer = await source.newsSentiment({ ticker: 'VSBY', limit: 2 });
    expect(answer).toMatchObject({
      ticker: 'VSBY',
      articleCount: 8,
      aggregate: { label: 'Bullish', weighted: true },
      stale: false,
      asOf: '2026-10-31T23:59:59.999Z',
      source: 'embedded',
    });
    expect(answer.articles.map(({ title, label }) => [title, label])).toEqual([
      ['Vessenby Shipping will publish its sustainability report in December', 'Neutral'],
      ['Vessenby Shipping returns to profit in the third quarter', 'Bullish'],
    ]);
  });

  it('looks back 30 days, and takes an item about several for less about each', async () => {
    const news = createNewsStore({ clock: () => at });
    const csv = [
      'date,title,tickers',
      '2026-10-01T23:59:59.999Z,Profit of A soars,AAAA',
      '2026-10-01T23:59:59.998Z,Profit of A falls,AAAA',
      '2026-10-20,Profit of four soars,AAAA BBBB CCCC DDDD',
    ].join('\n');
    await news.import({ csv });
    const { articles } = await createEmbeddedSource(news).newsSentiment({ ticker: 'AAAA' });
    expect(articles.map(({ title, relevance }) => [title, relevance])).toEqual([
      ['Profit of four soars', 0.5],
      ['Profit of A soars', 1],
    ]);
  });

  it('has no mean where there is no news', async () => {
    expect(await source.newsSentiment({ ticker: 'NONE' })).toMatchObject({
      articleCount: 0,
      aggregate: { score: null, label: null },
      articles: [],
    });
  });

  it.each([[{ ticker: 'VSBY', limit: 0 }], [{ ticker: 'VSBY', limit: 51 }], [{ ticker: 'V;' }]])(
    'refuses %j',
    async (request) => {
      await expect(source.newsSentiment(request)).rejects.toMatchObject({ code: 'invalid_input' });
    },
  );
});
