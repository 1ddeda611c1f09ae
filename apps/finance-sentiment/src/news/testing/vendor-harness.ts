import { afterEach, beforeEach } from 'vitest';
import { type AlphaVantageOptions, alphaVantageSource } from '../alpha-vantage.js';
import { NewsSourceError } from '../news-source.js';
import { type FakeAlphaVantage, startFakeAlphaVantage } from './fake-alpha-vantage.js';

/** A key with characters that an address spells differently. */
export const KEY = 'K3Y+SECRET/42';

/** What the vendor says when the day's requests are gone. */
export const PER_DAY =
  'our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.';

/** A vendor, a clock and sources that use them; made anew for each test of the file that calls this. */
export function useVendor() {
  const world = { now: 0, slept: [] as number[], vendor: {} as FakeAlphaVantage, source };

  function source(over: Partial<AlphaVantageOptions> = {}) {
    return alphaVantageSource({
      apiKey: KEY,
      baseUrl: world.vendor.baseUrl,
      clock: () => world.now,
      sleep: async (durationMs) => {
        world.slept.push(durationMs);
        world.now += durationMs;
      },
      ...over,
    });
  }

  beforeEach(async () => {
    world.vendor = await startFakeAlphaVantage();
    world.now = Date.UTC(2026, 7, 5, 12);
    world.slept = [];
  });
  afterEach(() => world.vendor.close());
  return world;
}

/** The error that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<NewsSourceError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NewsSourceError) return error;
  throw new Error(`expected a NewsSourceError, got ${String(error)}`);
}

/** The forms in which the key must be nowhere. */
export const keyForms = [KEY, 'K3Y%2BSECRET%2F42', 'K3Y%2bSECRET%2f42', 'SECRET'];
