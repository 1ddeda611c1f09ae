import type { AuditUnavailableError, ProviderUnavailableError } from '../errors.js';

/**
 * The answer while nobody can decide: 503 with `Retry-After`, never 401, or every client would throw its token away.
 *
 * @see RFC 9110 §15.6.4
 */
export function unavailableResponse(
  error: ProviderUnavailableError | AuditUnavailableError,
): Response {
  const retryAfter = 'retryAfter' in error ? Math.max(1, Math.ceil(error.retryAfter)) : 5;
  return new Response(
    JSON.stringify({
      error: 'temporarily_unavailable',
      error_description: 'Access cannot be decided right now; try again later',
    }),
    {
      status: 503,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'retry-after': String(retryAfter),
      },
    },
  );
}
