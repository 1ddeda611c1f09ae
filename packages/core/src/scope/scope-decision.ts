import type { ScopeVocabulary } from './scope-vocabulary.js';

/** Whether what is granted is enough for what is required. */
export type ScopeDecision<S extends string = string> =
  | { readonly allowed: true; readonly required: readonly S[] }
  | { readonly allowed: false; readonly required: readonly S[]; readonly missing: readonly S[] };

/** The answer for one operation. All but missing scopes is beyond the reach of consent, so it is not challenged. */
export type Decision<S extends string = string> =
  | ScopeDecision<S>
  | {
      readonly allowed: false;
      readonly reason: 'no_entry' | 'unobtainable' | 'rule';
      readonly required?: readonly S[];
      readonly missing?: readonly S[];
    }
  | {
      readonly allowed: false;
      readonly reason: 'stale';
      /** Seconds since sign-in that the operation allows (RFC 9470). */
      readonly maxAge?: number;
      readonly acr?: readonly string[];
    };

/**
 * Compares grants with needs. Checks nothing else: neither expiry nor audience nor any rule per user.
 *
 * @param required - Concrete scopes; none means that any valid token will do.
 */
export function decideScopes<S extends string>(
  vocabulary: ScopeVocabulary<S>,
  granted: readonly string[],
  required: readonly S[],
): ScopeDecision<S> {
  const missing = vocabulary.missing(granted, required);
  return missing.length === 0 ? { allowed: true, required } : { allowed: false, required, missing };
}
