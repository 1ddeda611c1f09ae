import { describe, expect, it } from 'vitest';
import { startFakeAlphaVantage } from './testing/fake-alpha-vantage.js';
import { failure, KEY, keyForms, PER_DAY, useVendor } from './testing/vendor-harness.js';

const world = useVendor();

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
  for (const form of keyForms) expect(text).not.toContain(form);
}

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
    world.vendor.answer({ kind: 'json', body });
    const error = await failure(world.source().newsSentiment({ ticker: 'BRDL' }));
    expect(error.code).toBe(code);
    expectNoKey(everything(error));
  });

  it('quotes unknown words redacted', async () => {
    world.vendor.answer({ kind: 'json', body: { Information: `Maintenance for ${KEY}\u0007` } });
    const error = await failure(world.source().newsSentiment({ ticker: 'BRDL' }));
    expect(error.message).toBe('Alpha Vantage has no answer. It said: Maintenance for [redacted]');
    world.vendor.answer({ kind: 'json', body: { Information: 'x'.repeat(10_000) } });
    expect((await failure(world.source().newsSentiment({ ticker: 'BRDL' }))).message).toBe(
      `Alpha Vantage has no answer. It said: ${'x'.repeat(200)}`,
    );
  });

  it('goes where no redirect leads, since the key would go along', async () => {
    const elsewhere = await startFakeAlphaVantage();
    world.vendor.answer({ kind: 'redirect', to: `${elsewhere.baseUrl}/query` });
    const error = await failure(world.source().newsSentiment({ ticker: 'BRDL' }));
    await elsewhere.close();
    expect(error.message).toBe('Alpha Vantage cannot be reached.');
    expect(elsewhere.requests).toEqual([]);
  });

  it('takes no answer from a status that is none', async () => {
    const status = async (code: number) => {
      world.vendor.answer({ kind: 'json', body: { feed: [] }, status: code });
      const {
        code: kind,
        message,
        retryAfter,
      } = await failure(world.source().newsSentiment({ ticker: 'BRDL' }));
      return [kind, message, retryAfter];
    };
    expect(await status(404)).toEqual([
      'upstream_error',
      'Alpha Vantage answered with status 404.',
      30,
    ]);
    expect(await status(429)).toEqual([
      'rate_limited',
      'Alpha Vantage asks for fewer requests.',
      60,
    ]);
  });

  it.each([
    [{ kind: 'text', body: '<html>Bad gateway</html>', status: 502 } as const],
    [{ kind: 'text', body: '<html>Fine</html>' } as const],
    [{ kind: 'json', body: [] } as const],
    [{ kind: 'text', body: '' } as const],
    [{ kind: 'redirect', to: 'http://127.0.0.1:9/' } as const],
    [{ kind: 'endless' } as const],
  ])('tells an outage (%j) from an answer', async (answer) => {
    world.vendor.answer(answer);
    const error = await failure(
      world.source({ maxBytes: 1_000_000 }).newsSentiment({ ticker: 'BRDL' }),
    );
    expect(error.code).toBe('upstream_error');
    expectNoKey(everything(error));
  });

  it('gives up on a vendor that does not answer', async () => {
    world.vendor.answer({ kind: 'hang' });
    const error = await failure(world.source({ timeoutMs: 50 }).newsSentiment({ ticker: 'BRDL' }));
    expect(error).toMatchObject({ code: 'timeout', retryAfter: 30 });
    expectNoKey(everything(error));
  });

  it('says no more than that when nobody is there', async () => {
    await world.vendor.close();
    const error = await failure(world.source().newsSentiment({ ticker: 'BRDL' }));
    expect(error.message).toBe('Alpha Vantage cannot be reached.');
    expectNoKey(everything(error));
  });
});
