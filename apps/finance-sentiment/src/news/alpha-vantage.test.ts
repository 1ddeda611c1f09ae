import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeArticle, fakeFeed, mention } from './testing/fake-alpha-vantage.js';
import { failure, KEY, keyForms, PER_DAY, useVendor } from './testing/vendor-harness.js';

const world = useVendor();

function expectNoKey(text: string): void {
  for (const form of keyForms) expect(text).not.toContain(form);
}

describe('the request', () => {
  it('asks for one ticker in the vendor’s spelling, and always for 50', async () => {
    await world.source().newsSentiment({ ticker: 'brk.b', limit: 3 });
    expect(world.vendor.requests.map(({ path, query }) => ({ path, query }))).toEqual([
      {
        path: '/query',
        query: {
          function: 'NEWS_SENTIMENT',
          tickers: 'BRK.B',
          limit: '50',
          apikey: KEY,
        },
      },
    ]);
  });

  it.each([
    [{ ticker: 'A&apikey=x' }],
    [{ ticker: 'A,B' }],
    [{ ticker: 'A', limit: 0 }],
    [{ ticker: 'A', limit: 51 }],
    [{ ticker: 'A', limit: 1.5 }],
  ])('refuses %j without asking', async (request) => {
    expect((await failure(world.source().newsSentiment(request))).code).toBe('invalid_input');
    expect(world.vendor.requests).toEqual([]);
  });

  it.each([
    [{ apiKey: '' }, 'ALPHA_VANTAGE_API_KEY'],
    [{ apiKey: 'a b' }, 'ALPHA_VANTAGE_API_KEY'],
    [{ baseUrl: 'http://vendor.example' }, 'ALPHA_VANTAGE_BASE_URL'],
    [{ baseUrl: 'vendor' }, 'ALPHA_VANTAGE_BASE_URL'],
    [{ baseUrl: 'https://vendor.example/?a=b' }, 'ALPHA_VANTAGE_BASE_URL'],
    [{ baseUrl: 'https://vendor.example/#a' }, 'ALPHA_VANTAGE_BASE_URL'],
  ])('does not start with %j', (over, option) => {
    expect(() => world.source(over)).toThrow(option);
  });
});

describe('an answer', () => {
  it('becomes articles, newest first, and a mean weighted by relevance', async () => {
    world.vendor.answer(
      fakeFeed([
        fakeArticle(),
        fakeArticle({
          title: 'Grain prices',
          time_published: '20260805T090000',
          banner_image: null,
          summary: '',
          ticker_sentiment: [
            mention('OTHR', '0.9', '0.9', 'Bullish'),
            mention('BRDL', '0.2', '-0.2', 'Somewhat_Bearish'),
          ],
        }),
        fakeArticle({ ticker_sentiment: [mention('OTHR', '1', '0.9', 'Bullish')] }),
        fakeArticle({ ticker_sentiment: [mention('BRDL', '0.5', 'NaN', 'Neutral')] }),
        fakeArticle({ ticker_sentiment: [mention('BRDL', '0.5', '1.1', 'Bullish')] }),
        fakeArticle({ ticker_sentiment: [mention('BRDL', '1.5', '0.1', 'Neutral')] }),
        fakeArticle({ title: '' }),
        fakeArticle({ time_published: 'yesterday' }),
        null,
        'text',
      ]),
    );
    expect(await world.source().newsSentiment({ ticker: 'BRDL' })).toEqual({
      ticker: 'BRDL',
      articleCount: 2,
      aggregate: { score: 0.2, label: 'Somewhat-Bullish', weighted: true },
      articles: [
        {
          title: 'Grain prices',
          url: 'https://news.example.com/brindle',
          source: 'Example Wire',
          publishedAt: '2026-08-05T09:00:00.000Z',
          summary: '',
          score: -0.2,
          label: 'Somewhat-Bearish',
          relevance: 0.2,
          ours: { engine: expect.stringMatching(/^rules\//), label: 'neutral', score: 0 },
        },
        {
          title: 'Brindle Foods ( NASDAQ:BRDL ) Lifts Outlook',
          url: 'https://news.example.com/brindle',
          source: 'Example Wire',
          publishedAt: '2026-08-05T08:00:00.000Z',
          summary: 'The maker of oat bread expects more profit.',
          score: 0.3,
          label: 'Somewhat-Bullish',
          relevance: 0.8,
          ours: {
            engine: expect.stringMatching(/^rules\//),
            label: 'positive',
            score: expect.any(Number),
          },
        },
      ],
      stale: false,
      asOf: '2026-08-05T12:00:00.000Z',
      source: 'alpha-vantage',
    });
  });

  it('rests the mean on all articles, whatever the limit', async () => {
    world.vendor.answer(fakeFeed(Array.from({ length: 12 }, () => fakeArticle())));
    const { articleCount, articles } = await world
      .source()
      .newsSentiment({ ticker: 'BRDL', limit: 3 });
    expect({ articleCount, listed: articles.length }).toEqual({ articleCount: 12, listed: 3 });
  });

  it('is bounded, whatever its size', async () => {
    const long = fakeArticle({
      title: 't'.repeat(600),
      summary: 's'.repeat(3000),
      source: 'w'.repeat(200),
      url: `https://news.example.com/${'u'.repeat(2000)}`,
    });
    const short = Array.from({ length: 1000 }, () => fakeArticle());
    world.vendor.answer(fakeFeed([long, ...short]));
    const { articleCount, articles } = await world.source().newsSentiment({ ticker: 'BRDL' });
    expect(articleCount).toBe(1000);
    expect(articles[0]).toMatchObject({
      title: 't'.repeat(500),
      summary: 's'.repeat(2000),
      source: 'w'.repeat(100),
    });
    // Half of an address leads somewhere else.
    expect(articles[0]).not.toHaveProperty('url');
  });

  it.each([
    ['without a feed', { items: '0' }],
    ['with an empty one', { items: '0', feed: [] }],
  ])('of no news %s has no mean', async (_how, body) => {
    world.vendor.answer({ kind: 'json', body });
    const { articleCount, aggregate, articles } = await world
      .source()
      .newsSentiment({ ticker: 'ZZZ' });
    expect({ articleCount, aggregate, articles }).toEqual({
      articleCount: 0,
      aggregate: { score: null, label: null, weighted: true },
      articles: [],
    });
  });

  it('leaves out addresses that are no web addresses, and control characters', async () => {
    world.vendor.answer(
      fakeFeed([fakeArticle({ url: 'javascript:alert(1)', title: 'A\u001b[31m\nB\u202e\ud83d' })]),
    );
    const { articles } = await world.source().newsSentiment({ ticker: 'BRDL' });
    expect(articles[0]).not.toHaveProperty('url');
    expect(articles[0]?.title).toBe('A [31m B');
  });

  it('holds no key, even if the vendor writes it into an article', async () => {
    world.vendor.answer(
      fakeFeed([fakeArticle({ summary: `see ?apikey=${encodeURIComponent(KEY)} or ${KEY}` })]),
    );
    expectNoKey(JSON.stringify(await world.source().newsSentiment({ ticker: 'BRDL' })));
    const escaped = [...KEY].map(
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const text = JSON.stringify({ feed: [fakeArticle({ summary: 'see KEY' })] }).replace(
      'KEY',
      escaped.join(''),
    );
    world.vendor.answer({ kind: 'text', body: text, type: 'application/json' });
    const { articles } = await world.source().newsSentiment({ ticker: 'BRDL' });
    expect(articles[0]?.summary).toBe('see [redacted]');
  });
});

describe('the free plan', () => {
  it('asks once for many askers, and again only after 15 minutes', async () => {
    const asked = world.source();
    world.vendor.answer(fakeFeed([fakeArticle()]));
    await Promise.all(Array.from({ length: 20 }, () => asked.newsSentiment({ ticker: 'BRDL' })));
    world.now += 899_000;
    await asked.newsSentiment({ ticker: 'BRDL', limit: 50 });
    expect(world.vendor.requests).toHaveLength(1);
    world.now += 2000;
    await asked.newsSentiment({ ticker: 'BRDL' });
    expect(world.vendor.requests).toHaveLength(2);
  });

  it('spaces requests for different things 1.1 s apart, one at a time', async () => {
    const asked = world.source();
    await Promise.all(['A', 'B', 'C'].map((ticker) => asked.newsSentiment({ ticker })));
    expect(world.vendor.requests.map(({ query }) => query.tickers)).toEqual(['A', 'B', 'C']);
    expect(world.slept).toEqual([1100, 1100]);
  });

  it('waits no longer for a clock that was set back', async () => {
    const asked = world.source();
    await asked.newsSentiment({ ticker: 'A' });
    world.now -= 3_600_000;
    await asked.newsSentiment({ ticker: 'B' });
    expect(world.slept).toEqual([1100]);
  });

  it('remembers the 200 answers that were given last', async () => {
    const asked = world.source({ requestsPerDay: 1000, spacingMs: 0 });
    const ask = (index: number) => asked.newsSentiment({ ticker: `T${index}` });
    for (let index = 0; index < 200; index += 1) await ask(index);
    world.now += 900_000;
    await ask(0);
    await ask(200);
    expect(world.vendor.requests).toHaveLength(202);
    await ask(0);
    expect(world.vendor.requests).toHaveLength(202);
    world.vendor.answer({ kind: 'text', body: 'oops', status: 503 });
    expect(await ask(2)).toMatchObject({ stale: true });
    expect((await failure(ask(1))).code).toBe('upstream_error');
  });

  it('stops before the day’s requests are gone, and starts again on the next day', async () => {
    const asked = world.source({ requestsPerDay: 2 });
    await asked.newsSentiment({ ticker: 'A' });
    await asked.newsSentiment({ ticker: 'B' });
    const error = await failure(asked.newsSentiment({ ticker: 'C' }));
    expect(error.code).toBe('quota_exceeded');
    expect(error.retryAfter).toBe(43_199);
    expect(world.vendor.requests).toHaveLength(2);
    world.now = Date.UTC(2026, 7, 6);
    await asked.newsSentiment({ ticker: 'C' });
    expect(world.vendor.requests).toHaveLength(3);
  });

  it('believes the vendor that the requests are gone', async () => {
    const asked = world.source();
    world.vendor.answer({ kind: 'json', body: { Information: PER_DAY } });
    await failure(asked.newsSentiment({ ticker: 'A' }));
    expect((await failure(asked.newsSentiment({ ticker: 'B' }))).code).toBe('quota_exceeded');
    expect(world.vendor.requests).toHaveLength(1);
  });

  it('keeps the count over a restart where it has a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alpha-vantage-'));
    const over = { path: join(folder, 'usage.sqlite'), requestsPerDay: 1 };
    try {
      const first = world.source(over);
      await first.newsSentiment({ ticker: 'A' });
      first.close();
      const second = world.source(over);
      expect((await failure(second.newsSentiment({ ticker: 'B' }))).code).toBe('quota_exceeded');
      second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    [{ kind: 'json', body: { Information: PER_DAY } } as const],
    [{ kind: 'text', body: 'oops', status: 503 } as const],
  ])('gives an older answer, marked stale, when there is only %j', async (answer) => {
    const asked = world.source();
    world.vendor.answer(fakeFeed([fakeArticle()]));
    const fresh = await asked.newsSentiment({ ticker: 'BRDL' });
    world.now += 3_600_000;
    world.vendor.answer(answer);
    expect(await asked.newsSentiment({ ticker: 'BRDL' })).toEqual({ ...fresh, stale: true });
    world.now += 86_400_000;
    expect((await failure(asked.newsSentiment({ ticker: 'BRDL' }))).code).not.toBe('invalid_input');
  });

  it('hides no bad key behind an older answer', async () => {
    const asked = world.source();
    await asked.newsSentiment({ ticker: 'BRDL' });
    world.now += 3_600_000;
    world.vendor.answer({
      kind: 'json',
      body: { 'Error Message': 'the parameter apikey is invalid or missing.' },
    });
    expect((await failure(asked.newsSentiment({ ticker: 'BRDL' }))).code).toBe('bad_key');
  });
});
