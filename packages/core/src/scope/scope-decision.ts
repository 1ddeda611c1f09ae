import type { ScopeVocabulary } from './scope-vocabulary.js';

/** Whether what is granted is enough for what is required. */
export type ScopeDecision<S extends string = string> =
  | { readonly allowed: true; readonly required: readonly S[] }
  | { readonly allowed: false; readonly required: readonly S[]; readonly missing: readonly S[] };

/** The answer for one operation. Missing scopes and a stale sign-in are challenged; the rest nobody can mend by asking again. */
export type Decision<S extends string = string> =
  | ScopeDecision<S>
  | {
      readonly allowed: false;
      /**
       * `unobtainable`: no consent brings the scopes. `no_sign_in`: a recent or strong sign-in is asked for, and a client acting for itself
       * has none. `challenge_exhausted`: the caller was challenged before, and came back with nothing more.
       */
      readonly reason: 'no_entry' | 'unobtainable' | 'rule' | 'no_sign_in' | 'challenge_exhausted';
      readonly required?: readonly S[];
      readonly missing?: readonly S[];
    }
  | {
      readonly allowed: false;
      /** The person signed in too long ago, or not strongly enough. */
      readonly reason: 'stale';
      readonly required?: readonly S[];
      /** Of the scopes as well: one trip to the issuer brings both (RFC 9470 §3). */
      readonly missing?: readonly S[];
      /** Seconds since sign-in that the operation allows (RFC 9470). */
      readonly maxAge?: number;
      /** Authentication contexts, any of which will do. */
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
