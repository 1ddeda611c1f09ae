import { ConfigurationError } from '@portcullis/core';
import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { outageOf } from './upstream-server.js';

/** What was wrong, in the words of the library, or as the code that came. Holds nothing else that was sent. */
export function faultOf(error: unknown): string {
  if (error instanceof ResponseBodyError) return codeOf(error.error);
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

/** A code of the protocol is named; anything else is text of a stranger. */
export const codeOf = (error: string): string => (/^[a-z_]{1,64}$/.test(error) ? error : 'unknown');

/**
 * Goes on only if the answer itself is at fault.
 *
 * @throws what happened otherwise: an outage, a failure of the operator's function, or credentials that the upstream provider refuses.
 */
export function throwUnlessVerdict(error: unknown): void {
  const outage = outageOf(error);
  if (outage) throw outage;
  const code = error instanceof ResponseBodyError ? error.error : undefined;
  if (
    error instanceof WWWAuthenticateChallengeError ||
    /^(invalid|unauthorized)_client$/.test(code ?? '')
  ) {
    throw new ConfigurationError([
      {
        option: 'upstream.clientId',
        problem: 'or its secret or key is refused by the upstream provider.',
        remedy: 'Compare both with what is registered there.',
      },
    ]);
  }
  if (!(error instanceof ClientError || error instanceof ResponseBodyError)) throw error;
}
