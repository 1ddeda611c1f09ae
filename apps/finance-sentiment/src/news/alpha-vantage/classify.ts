import type { NewsSourceErrorCode } from '../news-source.js';

/** What the vendor says instead of news. */
export interface Refusal {
  readonly code: NewsSourceErrorCode;
  /** The vendor's words. */
  readonly text: string;
}

// In this order: the text about one request a second also names the daily limit, and the one about the daily limit
// also names premium plans.
const patterns: readonly (readonly [RegExp, NewsSourceErrorCode])[] = [
  [/sparingly|1 request per second|burst pattern|spreading out|calls? per minute/i, 'rate_limited'],
  [/requests? per day|daily (?:rate )?limit|calls? per day/i, 'quota_exceeded'],
  [/\bdemo\b.*\bapi key\b|api ?key is invalid or missing|invalid or missing.*api ?key/i, 'bad_key'],
  [/premium endpoint/i, 'not_entitled'],
  [/invalid inputs|invalid api call/i, 'invalid_input'],
];

/**
 * Reads the vendor's errors, all of which arrive as HTTP 200 with one of three keys.
 *
 * @returns `undefined` when the body is an answer: it has a `feed`, or counts `items`.
 */
export function classify(body: Readonly<Record<string, unknown>>): Refusal | undefined {
  const key = ['Information', 'Note', 'Error Message'].find(
    (name) => typeof body[name] === 'string',
  );
  if (key === undefined) {
    if (Array.isArray(body.feed) || body.items !== undefined) return undefined;
    return { code: 'upstream_error', text: 'an answer without news and without a reason' };
  }
  const text = String(body[key]);
  // Notes are about pace, whichever limit their text goes on to name.
  if (key === 'Note') return { code: 'rate_limited', text };
  const known = patterns.find(([pattern]) => pattern.test(text));
  return { code: known?.[1] ?? 'upstream_error', text };
}
