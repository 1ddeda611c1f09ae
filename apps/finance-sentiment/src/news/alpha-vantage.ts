import { setTimeout as wait } from 'node:timers/promises';
import { ConfigurationError } from '@portcullis/core';
import type { EngineVerdict, SentimentEngine } from '../sentiment/engine.js';
import { rulesEngine } from '../sentiment/rules-engine.js';
import { classify } from './alpha-vantage/classify.js';
import { readFeed } from './alpha-vantage/feed.js';
import { askVendor } from './alpha-vantage/http.js';
import { alphaVantageProblems } from './alpha-vantage/problems.js';
import { createQuota } from './alpha-vantage/quota.js';
import { redactor } from './alpha-vantage/redact.js';
import { requestUrl } from './alpha-vantage/request-url.js';
import { alphaVantageEngine, type VendorArticle } from './alpha-vantage/vendor-engine.js';
import { aggregateOf } from './article-aggregate.js';
import { checkedRequest } from './checked-request.js';
import {
  type NewsSentiment,
  type NewsSentimentRequest,
  type NewsSource,
  NewsSourceError,
  type NewsSourceErrorCode,
  type SourcedArticle,
} from './news-source.js';
import { wordsOfOthers } from './words-of-others.js';

/** How to ask Alpha Vantage. */
export interface AlphaVantageOptions {
  /** Secret. Travels in the query string, so addresses are never logged. */
  readonly apiKey: string;
  /** Default `https://www.alphavantage.co`. `http:` only on loopback. */
  readonly baseUrl?: string;
  /** Scores the articles too, beside the vendor's scores. Default: our rules. */
  readonly engine?: SentimentEngine;
  /** SQLite file that keeps the day's count over a restart. Default: none. */
  readonly path?: string;
  /** Requests a UTC day. Default 25, the free plan's. */
  readonly requestsPerDay?: number;
  /** Least milliseconds between the starts of two requests. Default 1100. */
  readonly spacingMs?: number;
  /** How long an answer is fresh, in milliseconds. Default 15 minutes. */
  readonly freshMs?: number;
  /** For one request, body included. Default 10,000. */
  readonly timeoutMs?: number;
  /** Largest body, in bytes. Default 5 MB. */
  readonly maxBytes?: number;
  readonly fetch?: typeof fetch;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
  /** Waits some milliseconds. Default: a timer. */
  readonly sleep?: (durationMs: number) => Promise<unknown>;
}

/** Answers that are remembered; the oldest go first. */
const MAX_REMEMBERED = 200;
/** How long an answer may still be given when there is no newer one. */
const STALE_MS = 86_400_000;
/** Characters of the vendor's own words in a message. */
const MAX_QUOTED = 200;
/** The request was fine, so that an older answer is better than none. */
const passing: readonly NewsSourceErrorCode[] = [
  'quota_exceeded',
  'rate_limited',
  'timeout',
  'upstream_error',
];

const messages: Readonly<Record<NewsSourceErrorCode, string>> = {
  invalid_input: 'Alpha Vantage does not know this ticker, or does not accept the request.',
  quota_exceeded: "The day's requests to Alpha Vantage are used up.",
  rate_limited: 'Alpha Vantage asks for fewer requests.',
  bad_key: 'Alpha Vantage does not accept the API key. Check ALPHA_VANTAGE_API_KEY.',
  not_entitled: 'The plan of the Alpha Vantage key does not include news.',
  timeout: 'Alpha Vantage did not answer in time.',
  upstream_error: 'Alpha Vantage has no answer.',
};

function withOurs(article: VendorArticle, verdict: EngineVerdict | undefined): SourcedArticle {
  if (!verdict) throw new Error('The engine left out an article.');
  const { engine, label, score } = verdict;
  return { ...article, ours: { engine, label, score } };
}

interface Remembered {
  readonly articles: readonly VendorArticle[];
  readonly at: number;
}

/**
 * Alpha Vantage's `NEWS_SENTIMENT` as a source.
 *
 * Keeps to the free plan: one request at a time, spaced, counted by the day, one for many askers, answers kept for
 * 15 minutes and given with `stale: true` for a day where no newer one can be had. The key is in no error and no article.
 *
 * @throws {ConfigurationError} on a key or base URL that cannot be one.
 */
export function alphaVantageSource(options: AlphaVantageOptions): NewsSource & { close(): void } {
  const { apiKey, baseUrl = 'https://www.alphavantage.co', path, clock = Date.now } = options;
  const { requestsPerDay = 25, spacingMs = 1100, freshMs = 900_000, sleep = wait } = options;
  const http = {
    fetch: options.fetch ?? fetch,
    timeoutMs: options.timeoutMs ?? 10_000,
    maxBytes: options.maxBytes ?? 5_000_000,
  };
  const problems = alphaVantageProblems(apiKey, baseUrl);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const redact = redactor(apiKey);
  const engine = alphaVantageEngine(options.engine ?? rulesEngine);
  const quota = createQuota(requestsPerDay, clock, path);
  const remembered = new Map<string, Remembered>();
  const underway = new Map<string, Promise<Remembered>>();
  let queue: Promise<unknown> = Promise.resolve();
  let lastStart = Number.NEGATIVE_INFINITY;

  function fail(code: NewsSourceErrorCode, said?: string): NewsSourceError {
    const words = said && wordsOfOthers(said).slice(0, MAX_QUOTED);
    const message =
      words && code === 'upstream_error' ? `${messages[code]} It said: ${words}` : messages[code];
    if (code === 'quota_exceeded') return new NewsSourceError(code, message, quota.secondsLeft());
    return new NewsSourceError(code, message, code === 'rate_limited' ? 2 : undefined);
  }

  async function ask(ticker: string): Promise<Remembered> {
    if (!quota.take()) throw fail('quota_exceeded');
    const due = Math.min(lastStart + spacingMs - clock(), spacingMs);
    if (due > 0) await sleep(due);
    lastStart = clock();
    const body = await askVendor(requestUrl(baseUrl, apiKey, ticker), redact, http);
    const refusal = classify(body);
    if (refusal?.code === 'quota_exceeded') quota.exhaust();
    if (refusal) throw fail(refusal.code, refusal.text);
    return { articles: readFeed(body, ticker), at: clock() };
  }

  function inTurn(ticker: string): Promise<Remembered> {
    const already = underway.get(ticker);
    if (already) return already;
    const answer = queue
      .then(() => ask(ticker))
      .then((fresh) => {
        remembered.delete(ticker);
        remembered.set(ticker, fresh);
        const [oldest] = remembered.keys();
        if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
        return fresh;
      });
    const settled = answer.finally(() => underway.delete(ticker));
    underway.set(ticker, settled);
    queue = settled.catch(() => undefined);
    return settled;
  }

  async function toResult(
    { ticker, limit }: Required<NewsSentimentRequest>,
    { articles, at }: Remembered,
    stale: boolean,
  ): Promise<NewsSentiment> {
    const shown = articles.slice(0, limit);
    const verdicts = await engine.score(shown);
    return {
      ticker,
      articleCount: articles.length,
      aggregate: aggregateOf(articles),
      articles: shown.map((article, index) => withOurs(article, verdicts[index]?.comparison)),
      stale,
      asOf: new Date(at).toISOString(),
      source: 'alpha-vantage',
    };
  }

  return {
    id: 'alpha-vantage',
    newsSentiment: async (wanted) => {
      const request = checkedRequest(wanted);
      const known = remembered.get(request.ticker);
      if (known && clock() - known.at < freshMs) return toResult(request, known, false);
      try {
        return toResult(request, await inTurn(request.ticker), false);
      } catch (error) {
        const usable = known && clock() - known.at < STALE_MS;
        if (usable && error instanceof NewsSourceError && passing.includes(error.code)) {
          return toResult(request, known, true);
        }
        throw error;
      }
    },
    close: () => quota.close(),
  };
}
