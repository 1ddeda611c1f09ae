/**
 * The answer to somebody who may do this, but not now. For programs as well: nobody has to sign in again.
 *
 * @param retryAfter - Seconds.
 * @see RFC 6585 §4
 */
export function limitedResponse(
  reason: 'rate_limited' | 'too_many_open',
  retryAfter: number,
): Response {
  const description = {
    rate_limited: 'Too many calls; try again later',
    too_many_open: 'Too many answers are open; end one, or try again later',
  }[reason];
  return answer(429, reason, description, retryAfter);
}

/** Nobody can tell how often this was done, so nobody may do it: 503, as for any outage. */
export function limiterUnavailable(): Response {
  return answer(503, 'temporarily_unavailable', 'Calls cannot be counted; try again later', 5);
}

function answer(status: number, error: string, description: string, retryAfter: number): Response {
  return new Response(JSON.stringify({ error, error_description: description }), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'retry-after': String(waitOf(retryAfter)),
    },
  });
}

/** A limiter of somebody else's may say anything, and a header holds whole seconds: those of a day at most. */
function waitOf(seconds: unknown): number {
  const wait = typeof seconds === 'number' && seconds > 1 ? Math.ceil(seconds) : 1;
  return Math.min(wait, 86_400);
}
