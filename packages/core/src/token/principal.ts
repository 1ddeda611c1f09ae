/** A grant in the issuer's own spelling, and the scopes that it stands for here by the operator's mapping. */
export interface MappedGrant {
  /** `prefix`: a scope that lost the issuer's prefix. `role`: a role or a group, which nobody can ask for. */
  readonly by: 'prefix' | 'role';
  /** The claim that held it; the steps of a path are joined by a dot. */
  readonly claim: string;
  /** The role, the group or the prefixed scope. The operator's mapping names it, so a caller cannot make it up. */
  readonly value: string;
  readonly scopes: readonly string[];
}

/** Who calls, as an issuer vouched for it. Data only: no method, and never the token. Frozen where it is remembered. */
export interface Principal {
  readonly kind: 'principal';
  /** A client acting for itself is never taken for a user (RFC 9068 §5). */
  readonly actor: 'user' | 'client';
  /** The issuer, character by character as in the token. */
  readonly issuer: string;
  /** Unique within the issuer, and within the kind of actor. */
  readonly subject: string;
  readonly clientId: string;
  /** The organisation, where the issuer has the notion. */
  readonly tenant?: string;
  /** `jti`, or a hash: names the token in logs without being it. */
  readonly tokenId: string;
  /** As granted, unexpanded; implication is the vocabulary's business. */
  readonly scopes: readonly string[];
  /** Which of the scopes a mapping gave, and for what. Absent where the issuer spelt every scope itself. */
  readonly mapped?: readonly MappedGrant[];
  /** Seconds since the epoch. A token without an expiry never becomes a principal. */
  readonly expiresAt: number;
  /** Seconds since the epoch until which this answer may be remembered. Default: `expiresAt`. */
  readonly freshUntil?: number;
  /** Seconds since the epoch at which the person signed in (RFC 9470 §6.1). */
  readonly authenticatedAt?: number;
  /** How strongly the person signed in (RFC 9470 §6.2). */
  readonly acr?: string;
  /** The key that a bound token belongs to (RFC 9449 §6): a proof is then due on every request. */
  readonly confirmation?: { readonly jkt: string };
  /** Verified, in the issuer's own spelling. */
  readonly claims: Readonly<Record<string, unknown>>;
}
