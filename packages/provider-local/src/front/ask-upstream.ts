import { AuthError } from '@portcullis/core';
import type { Exchange, Front } from './exchange.js';

/** Nobody could say; `detail` is for operators. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly detail: string;
}

/**
 * Asks the upstream provider something. An outage is an answer, since the person can try again; what the operator has to mend is in the
 * audit log before it is thrown.
 */
export async function askUpstream<Answer>(
  { audit }: Front,
  { requestId }: Exchange,
  question: Promise<Answer>,
): Promise<Answer | Unavailable> {
  try {
    return await question;
  } catch (error) {
    if (!AuthError.isInstance(error)) throw error;
    const { code, message: detail } = error;
    if (code !== 'CONFIGURATION_INVALID') return { kind: 'unavailable', detail };
    await audit.record(requestId, 'sign_in_failed', { detail });
    throw error;
  }
}
