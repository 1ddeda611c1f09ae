import { AuthError } from '@portcullis/core';
import type { errors } from 'oidc-provider';
import { DocumentFailure } from '../documents/document-failure.js';

/** What stands behind an error of the engine. */
export interface Refusal {
  /** For the audit log. */
  readonly detail: string;
  /** Nobody could answer: then it is no refusal. */
  readonly outage: AuthError | undefined;
  /** Seconds to wait, where a budget was used up. */
  readonly wait: number | undefined;
  /** Whether what a client publishes could not be asked for. */
  readonly away: boolean;
}

/** An error and what caused it, the outermost first. */
function chain(error: unknown): readonly Error[] {
  const found: Error[] = [];
  for (let next = error; next instanceof Error && found.length < 8; next = next.cause) {
    found.push(next);
  }
  return found;
}

/** The outage that an error came from, if it did. */
function outageOf(error: unknown): AuthError | undefined {
  return chain(error).find((cause) => AuthError.isInstance(cause));
}

/** Reads why the engine refused. It keeps what went wrong in a fetch as a cause that it shows nobody. */
export function refusalOf(error: errors.OIDCProviderError): Refusal {
  const said = error.error_detail ?? error.error_description ?? error.message;
  const fetched = chain(error).find((cause) => cause instanceof DocumentFailure);
  return {
    detail: fetched?.message ?? said,
    outage: outageOf(error),
    wait: fetched?.wait,
    away: fetched?.away ?? false,
  };
}
