import type { PresentedToken } from '../token/presented-token.js';

/** What a proof has to fit. */
export interface ProofContext {
  /** Its verb, its path and its `DPoP` header are looked at; scheme, host and port come from `resource`. The body is not touched. */
  readonly request: Request;
  readonly token: PresentedToken;
  /** The key that the token is bound to: an RFC 7638 thumbprint by SHA-256, from a verified `cnf.jkt`. */
  readonly jkt: string;
  /** Canonical URI of this server. */
  readonly resource: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** The caller holds the key of its token, or has not shown it. A value, not an exception. */
export type ProofAnswer =
  | { readonly kind: 'proven' }
  | {
      readonly kind: 'unproven';
      readonly error: 'invalid_dpop_proof' | 'use_dpop_nonce' | 'invalid_token';
      /** For operators and audit; never sent to the caller, never holds the proof. */
      readonly detail: string;
    };

/** Checks DPoP proofs. The gate asks it on every request with a bound token, remembered or not. */
export interface ProofChecker {
  /** JWS algorithms, published as `dpop_signing_alg_values_supported` and as `algs` in challenges. At least one. */
  readonly algorithms: readonly string[];
  /** Published as `dpop_bound_access_tokens_required`; the gate then refuses tokens that are not bound. */
  readonly required: boolean;
  /**
   * The nonce that the next proof should have, sent with challenges and with every answer to a bound caller. Left out where no nonces
   * are asked for.
   *
   * @param now - Seconds since the epoch.
   */
  nonce?(now: number): string | Promise<string>;
  /**
   * Whether the request comes with a proof for this verb, this URI, this token and this key, made now and never used before.
   *
   * @throws {ProviderUnavailableError} when it cannot be told whether the proof was used before: an outage is no verdict.
   */
  check(context: ProofContext): Promise<ProofAnswer>;
}
