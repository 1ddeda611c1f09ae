import CachePolicy from 'http-cache-semantics';
import type { Answer } from './bounded-get.js';

/** For how long an answer counts, in seconds, whatever its server asks for. */
export interface CacheBounds {
  readonly shortest: number;
  readonly longest: number;
}

/** An answer that may be given again. Times are in milliseconds since the epoch. */
export interface CachedAnswer {
  readonly body: string;
  /** Until when nobody is asked. */
  readonly freshUntil: number;
  /** Until when it may stand in while its server is away. */
  readonly usableUntil: number;
  /** What to send along when it is asked for again, so that the server need not repeat it (RFC 9110 §13). */
  readonly conditions: Readonly<Record<string, string>>;
  readonly policy: CachePolicy;
}

/** How long an answer may stand in for a server that is away, in seconds. */
const AWAY = 3600;

const request: CachePolicy.HttpRequest = { method: 'GET', headers: {} };

/** The headers that caching is about: nothing else of a stranger's is kept. */
const names = [
  'age',
  'cache-control',
  'date',
  'etag',
  'expires',
  'last-modified',
  'pragma',
] as const;

function relevant({ status, headers }: Answer): CachePolicy.HttpResponse {
  return {
    status,
    headers: Object.fromEntries(
      names.flatMap((name) => {
        const value = headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
    ),
  };
}

/** An answer with status 200, for as long as its headers say and the bounds allow. Without a word of its server: the shortest. */
export function toCachedAnswer(answer: Answer, bounds: CacheBounds): CachedAnswer {
  // No guess from the age of a file (RFC 9111 §4.2.2): a document that was left alone for a year may change today.
  const policy = new CachePolicy(request, relevant(answer), { cacheHeuristic: 0 });
  return timed(answer.body, policy, bounds);
}

/** The same answer after its server said that it has not changed (304). */
export function confirmed(
  { body, policy }: CachedAnswer,
  answer: Answer,
  bounds: CacheBounds,
): CachedAnswer {
  return timed(body, policy.revalidatedPolicy(request, relevant(answer)).policy, bounds);
}

/** The same answer while its server is away: it is asked again after the shortest time. */
export function postponed(cached: CachedAnswer, { shortest }: CacheBounds): CachedAnswer {
  return { ...cached, freshUntil: Date.now() + shortest * 1000 };
}

function timed(
  body: string,
  policy: CachePolicy,
  { shortest, longest }: CacheBounds,
): CachedAnswer {
  const asked = policy.maxAge() - policy.age();
  const freshUntil = Date.now() + Math.min(longest, Math.max(shortest, asked)) * 1000;
  const { 'if-none-match': tag, 'if-modified-since': since } = policy.revalidationHeaders(request);
  return {
    body,
    freshUntil,
    usableUntil: mayStandIn(policy) ? freshUntil + AWAY * 1000 : freshUntil,
    conditions: {
      ...(typeof tag === 'string' ? { 'if-none-match': tag } : {}),
      ...(typeof since === 'string' ? { 'if-modified-since': since } : {}),
    },
    policy,
  };
}

/** Whether its server lets it be used past its time (RFC 9111 §4.2.4). */
function mayStandIn(policy: CachePolicy): boolean {
  const { 'cache-control': said = '' } = policy.responseHeaders();
  return (
    policy.storable() && !/must-revalidate|proxy-revalidate|no-cache|s-maxage/i.test(String(said))
  );
}
