import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AlphaVantageOptions, alphaVantageSource } from './alpha-vantage.js';
import { NewsSourceError } from './news-source.js';
import {
  type FakeAlphaVantage,
  fakeArticle,
  fakeFeed,
  mention,
  startFakeAlphaVantage,
} from './testing/fake-alpha-vantage.js';

const KEY = 'K3Y+SECRET/42';
const PER_DAY =
  'our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.';

let vendor: FakeAlphaVantage;
let now: number;
let slept: number[];

beforeEach(async () => {
  vendor = await startFakeAlphaVantage();
  now = Date.UTC(2026, 7, 5, 12);
  slept = [];
});
afterEach(() => vendor.close());

function source(over: Partial<AlphaVantageOptions> = {}) {
  return alphaVantageSource({
    apiKey: KEY,
    baseUrl: vendor.baseUrl,
    clock: () => now,
    sleep: async (durationMs) => {
      slept.push(durationMs);
      now += durationMs;
    },
    ...over,
  });
}

async function failure(promise: Promise<unknown>): Promise<NewsSourceError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NewsSourceError))
    throw new Error(`expected a NewsSourceError, got ${String(error)}`);
  return error;
}

/** Everything that somebody could log of an error. */
function everything(error: Error): string {
  return [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    String(error.cause),
  ].join('\n');
}

function expectNoKey(text: string): void {
  for (const form of [KEY, 'K3Y%2BSECRET%2F42', 'K3Y%2bSECRET%2f42', 'SECRET'])
    expect(text).not.toContain(form);
}

describe('the request', () => {
  it('asks for one ticker in the vendor’s spelling, and always for 50', async () => {
    await source().newsSentiment({
      ticker: 'BRK.B',
      limit: 3,
      timeFrom: '2026-08-01',
      topics: ['ipo', 'earnings'],
    });
    expect(vendor.requests.map(({ path, query }) => ({ path, query }))).toEqual([
      {
        path: '/query',
        query: {
          function: 'NEWS_SENTIMENT',
          tickers: 'BRK.B',
          topics: 'earnings,ipo',
          time_from: '20260801T0000',
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
    [{ ticker: 'A', topics: ['Earnings'] }],
    [{ ticker: 'A', timeFrom: '2026-02-30' }],
  ])('refuses %j without asking', async (request) => {
    expect((await failure(source().newsSentiment(request))).code).toBe('invalid_input');
    expect(vendor.requests).toEqual([]);
  });

  it.each([
    [{ apiKey: '' }, 'ALPHA_VANTAGE_API_KEY'],
    [{ apiKey: 'a b' }, 'ALPHA_VANTAGE_API_KEY'],
    [{ baseUrl: 'http://vendor.example' }, 'ALPHA_VANTAGE_BASE_URL'],
    [{ baseUrl: 'vendor' }, 'ALPHA_VANTAGE_BASE_URL'],
  ])('does not start with %j', (over, option) => {
    expect(() => source(over)).toThrow(option);
  });
});

describe('an answer', () => {
  it('becomes articles, newest first, and a mean weighted by relevance', async () => {
    vendor.answer(
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
        fakeArticle({ title: '' }),
        fakeArticle({ time_published: 'yesterday' }),
        null,
        'text',
      ]),
    );
    expect(await source().newsSentiment({ ticker: 'BRDL' })).toEqual({
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
          rules: { label: 'neutral', score: 0 },
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
          rules: { label: 'positive', score: expect.any(Number) },
        },
      ],
      stale: false,
      asOf: '2026-08-05T12:00:00.000Z',
      source: 'alpha-vantage',
    });
  });

  it('rests the mean on all articles, whatever the limit', async () => {
    vendor.answer(fakeFeed(Array.from({ length: 12 }, () => fakeArticle())));
    const { articleCount, articles } = await source().newsSentiment({ ticker: 'BRDL', limit: 3 });
    expect({ articleCount, listed: articles.length }).toEqual({ articleCount: 12, listed: 3 });
  });

  it.each([
    ['without a feed', { items: '0' }],
    ['with an empty one', { items: '0', feed: [] }],
  ])('of no news %s has no mean', async (_how, body) => {
    vendor.answer({ kind: 'json', body });
    const { articleCount, aggregate, articles } = await source().newsSentiment({ ticker: 'ZZZ' });
    expect({ articleCount, aggregate, articles }).toEqual({
      articleCount: 0,
      aggregate: { score: null, label: null, weighted: true },
      articles: [],
    });
  });

  it('leaves out addresses that are no web addresses, and control characters', async () => {
    vendor.answer(fakeFeed([fakeArticle({ url: 'javascript:alert(1)', title: 'A\u001b[31m\nB' })]));
    const { articles } = await source().newsSentiment({ ticker: 'BRDL' });
    expect(articles[0]).not.toHaveProperty('url');
    expect(articles[0]?.title).toBe('A [31m B');
  });

  it('holds no key, even if the vendor writes it into an article', async () => {
    vendor.answer(
      fakeFeed([fakeArticle({ summary: `see ?apikey=${encodeURIComponent(KEY)} or ${KEY}` })]),
    );
    expectNoKey(JSON.stringify(await source().newsSentiment({ ticker: 'BRDL' })));
  });
});

describe('an error, which arrives as HTTP 200', () => {
  it.each([
    [
      {
        Information:
          'Invalid inputs. Please refer to the API documentation https://www.alphavantage.co/documentation#newsapi and try again.',
      },
      'invalid_input',
    ],
    [{ Information: `We have detected your API key as ${KEY} and ${PER_DAY}` }, 'quota_exceeded'],
    [
      {
        Information: `Thank you for using Alpha Vantage! Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe to lift the free key rate limit (25 requests per day), your key ${KEY}`,
      },
      'rate_limited',
    ],
    [
      {
        Information:
          'Burst pattern detected. Please consider spreading out your API requests more evenly throughout the minute.',
      },
      'rate_limited',
    ],
    [
      {
        Information:
          'The **demo** API key is for demo purposes only. Please claim your free API key.',
      },
      'bad_key',
    ],
    [{ Information: 'Thank you! This is a premium endpoint. You may subscribe.' }, 'not_entitled'],
    [
      { Note: 'Our standard API call frequency is 5 calls per minute and 500 calls per day.' },
      'rate_limited',
    ],
    [{ Note: PER_DAY }, 'rate_limited'],
    [
      {
        'Error Message':
          'the parameter apikey is invalid or missing. Please claim your free API key on (https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds.',
      },
      'bad_key',
    ],
    [
      {
        'Error Message':
          'Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for NEWS_SENTIMENT.',
      },
      'invalid_input',
    ],
    [
      { Information: `Something new about ${KEY} and ${encodeURIComponent(KEY)}` },
      'upstream_error',
    ],
    [{}, 'upstream_error'],
    [{ Information: 5 }, 'upstream_error'],
  ])('%j is told as %s, without the key', async (body, code) => {
    vendor.answer({ kind: 'json', body });
    const error = await failure(source().newsSentiment({ ticker: 'BRDL' }));
    expect(error.code).toBe(code);
    expectNoKey(everything(error));
  });

  it('quotes unknown words redacted', async () => {
    vendor.answer({ kind: 'json', body: { Information: `Maintenance for ${KEY}\u0007` } });
    const error = await failure(source().newsSentiment({ ticker: 'BRDL' }));
    expect(error.message).toBe('Alpha Vantage has no answer. It said: Maintenance for [redacted] ');
  });

  it.each([
    [{ kind: 'text', body: '<html>Bad gateway</html>', status: 502 } as const],
    [{ kind: 'text', body: '<html>Fine</html>' } as const],
    [{ kind: 'json', body: [] } as const],
    [{ kind: 'text', body: '' } as const],
    [{ kind: 'redirect', to: 'http://127.0.0.1:9/' } as const],
    [{ kind: 'endless' } as const],
  ])('tells an outage (%j) from an answer', async (answer) => {
    vendor.answer(answer);
    const error = await failure(source({ maxBytes: 1_000_000 }).newsSentiment({ ticker: 'BRDL' }));
    expect(error.code).toBe('upstream_error');
    expectNoKey(everything(error));
  });

  it('gives up on a vendor that does not answer', async () => {
    vendor.answer({ kind: 'hang' });
    const error = await failure(source({ timeoutMs: 50 }).newsSentiment({ ticker: 'BRDL' }));
    expect(error).toMatchObject({ code: 'timeout', retryAfter: 30 });
    expectNoKey(everything(error));
  });

  it('says no more than that when nobody is there', async () => {
    await vendor.close();
    const error = await failure(source().newsSentiment({ ticker: 'BRDL' }));
    expect(error.message).toBe('Alpha Vantage cannot be reached.');
    expectNoKey(everything(error));
  });
});

describe('the free plan', () => {
  it('asks once for many askers, and again only after 15 minutes', async () => {
    const asked = source();
    vendor.answer(fakeFeed([fakeArticle()]));
    await Promise.all(Array.from({ length: 20 }, () => asked.newsSentiment({ ticker: 'BRDL' })));
    now += 899_000;
    await asked.newsSentiment({ ticker: 'BRDL', limit: 50 });
    expect(vendor.requests).toHaveLength(1);
    now += 2000;
    await asked.newsSentiment({ ticker: 'BRDL' });
    expect(vendor.requests).toHaveLength(2);
  });

  it('spaces requests for different things 1.1 s apart, one at a time', async () => {
    const asked = source();
    await Promise.all(['A', 'B', 'C'].map((ticker) => asked.newsSentiment({ ticker })));
    expect(vendor.requests.map(({ query }) => query['tickers'])).toEqual(['A', 'B', 'C']);
    expect(slept).toEqual([1100, 1100]);
  });

  it('stops before the day’s requests are gone, and starts again on the next day', async () => {
    const asked = source({ requestsPerDay: 2 });
    await asked.newsSentiment({ ticker: 'A' });
    await asked.newsSentiment({ ticker: 'B' });
    const error = await failure(asked.newsSentiment({ ticker: 'C' }));
    expect(error.code).toBe('quota_exceeded');
    expect(error.retryAfter).toBe(43_199);
    expect(vendor.requests).toHaveLength(2);
    now = Date.UTC(2026, 7, 6);
    await asked.newsSentiment({ ticker: 'C' });
    expect(vendor.requests).toHaveLength(3);
  });

  it('believes the vendor that the requests are gone', async () => {
    const asked = source();
    vendor.answer({ kind: 'json', body: { Information: PER_DAY } });
    await failure(asked.newsSentiment({ ticker: 'A' }));
    expect((await failure(asked.newsSentiment({ ticker: 'B' }))).code).toBe('quota_exceeded');
    expect(vendor.requests).toHaveLength(1);
  });

  it('keeps the count over a restart where it has a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alpha-vantage-'));
    const over = { path: join(folder, 'usage.sqlite'), requestsPerDay: 1 };
    try {
      const first = source(over);
      await first.newsSentiment({ ticker: 'A' });
      first.close();
      const second = source(over);
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
    const asked = source();
    vendor.answer(fakeFeed([fakeArticle()]));
    const fresh = await asked.newsSentiment({ ticker: 'BRDL' });
    now += 3_600_000;
    vendor.answer(answer);
    expect(await asked.newsSentiment({ ticker: 'BRDL' })).toEqual({ ...fresh, stale: true });
    now += 86_400_000;
    expect((await failure(asked.newsSentiment({ ticker: 'BRDL' }))).code).not.toBe('invalid_input');
  });

  it('hides no bad key behind an older answer', async () => {
    const asked = source();
    await asked.newsSentiment({ ticker: 'BRDL' });
    now += 3_600_000;
    vendor.answer({
      kind: 'json',
      body: { 'Error Message': 'the parameter apikey is invalid or missing.' },
    });
    expect((await failure(asked.newsSentiment({ ticker: 'BRDL' }))).code).toBe('bad_key');
  });
});
