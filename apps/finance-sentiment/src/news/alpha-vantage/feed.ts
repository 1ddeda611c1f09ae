import { type OutlookLabel, outlookOf } from '../news-source.js';
import { webAddress } from '../web-address.js';
import { wordsOfOthers } from '../words-of-others.js';
import type { VendorArticle } from './vendor-engine.js';

const MAX_ARTICLES = 1000;
const MAX_TITLE = 500;
const MAX_SUMMARY = 2000;
const MAX_SOURCE = 100;
const labels: readonly string[] = [
  'Bearish',
  'Somewhat-Bearish',
  'Neutral',
  'Somewhat-Bullish',
  'Bullish',
];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Numbers arrive as numbers or as strings; `NaN` and anything out of range is no number. */
function numberIn(value: unknown, least: number, most: number): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text.trim()))
    return undefined;
  const number = Number(text);
  return number >= least && number <= most ? number : undefined;
}

function textOf(value: unknown, most: number): string {
  return typeof value === 'string' ? wordsOfOthers(value.slice(0, most)) : '';
}

/** `20250805T080000` is UTC. */
function timeOf(value: unknown): string | undefined {
  const match =
    typeof value === 'string' && /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?$/.exec(value);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00'] = match;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

function labelOf(value: unknown, score: number): OutlookLabel {
  const spelled = typeof value === 'string' ? value.replaceAll('_', '-') : '';
  return labels.includes(spelled) ? (spelled as OutlookLabel) : outlookOf(score);
}

function toArticle(entry: unknown, ticker: string): VendorArticle | undefined {
  if (!isRecord(entry)) return undefined;
  const mentions = Array.isArray(entry.ticker_sentiment) ? entry.ticker_sentiment : [];
  const own: unknown = mentions.find((one: unknown) => isRecord(one) && one.ticker === ticker);
  if (!isRecord(own)) return undefined;
  const relevance = numberIn(own.relevance_score, 0, 1);
  const score = numberIn(own.ticker_sentiment_score, -1, 1);
  const title = textOf(entry.title, MAX_TITLE);
  const publishedAt = timeOf(entry.time_published);
  if (!relevance || score === undefined || title === '' || !publishedAt) return undefined;
  const summary = textOf(entry.summary, MAX_SUMMARY);
  const url = typeof entry.url === 'string' ? webAddress(entry.url) : undefined;
  return {
    title,
    ...(url ? { url } : {}),
    source: textOf(entry.source, MAX_SOURCE),
    publishedAt,
    summary,
    score,
    label: labelOf(own.ticker_sentiment_label, score),
    relevance,
  };
}

/** The vendor's articles about a ticker, newest first. An entry without a title, time, or score for it is left out. */
export function readFeed(
  body: Readonly<Record<string, unknown>>,
  ticker: string,
): readonly VendorArticle[] {
  const feed: readonly unknown[] = Array.isArray(body.feed) ? body.feed : [];
  return feed
    .slice(0, MAX_ARTICLES)
    .map((entry) => toArticle(entry, ticker))
    .filter((article) => article !== undefined)
    .sort((a, b) => b.publishedAt.localeCompare(a.publishedAt));
}
