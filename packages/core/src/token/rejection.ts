/** Why a token was refused. */
export type RejectionCode =
  | 'token_malformed'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_revoked'
  | 'signature_invalid'
  | 'issuer_unknown'
  | 'audience_mismatch'
  | 'claims_invalid'
  | 'proof_invalid'
  /** The proof is good but has no current nonce: how every client begins, and no sign of an attack. */
  | 'nonce_required';

/** The caller's token is at fault. A value, not an exception: it happens on every normal day. */
export interface Rejection {
  readonly kind: 'rejection';
  readonly code: RejectionCode;
  /** For operators and audit; never sent to the caller, never holds the token. */
  readonly detail: string;
}

/** Makes a {@link Rejection}. */
export function rejection(code: RejectionCode, detail: string): Rejection {
  return { kind: 'rejection', code, detail };
}
