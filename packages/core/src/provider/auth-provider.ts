import type { PresentedToken } from '../token/presented-token.js';
import type { Principal } from '../token/principal.js';
import type { Rejection } from '../token/rejection.js';

/** What a provider is told beside the token. */
export interface VerifyContext {
  /** Canonical URI of this server. The audience must be it, or the issuer's own name for it (RFC 8707 §2). */
  readonly resource: string;
  /** Seconds since the epoch, passed in so that tests own the clock. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Something that was valid no longer is. */
export type Revocation = {
  /** Whose tokens it is about, as they stand in `iss`. Default: those of every issuer of the provider that tells. */
  readonly issuers?: readonly string[];
} & (
  | { readonly kind: 'token'; readonly tokenId: string }
  /** Every token of a subject, or only those that one client holds. */
  | { readonly kind: 'subject'; readonly subject: string; readonly clientId?: string }
  /** A signing key was withdrawn: whatever was verified before is open again. */
  | { readonly kind: 'keys' }
);

/** How an issuer is doing, by the last time that it was asked. Safe to show: holds no secret, no token and no claim. */
export interface IssuerStatus {
  /** As they stand in `iss`: spellings of one issuer that share its keys. */
  readonly issuers: readonly string[];
  /** Whether tokens can be verified now, or nobody has tried yet; `false` is an outage. */
  readonly usable: boolean;
  /** How many keys are at hand. Absent where the issuer is asked about each token. */
  readonly keys?: number;
  /** Seconds since the keys were fetched; absent before the first time, and where the issuer is in this process. */
  readonly age?: number;
  /** Why the issuer could not be asked the last time; absent when it could. */
  readonly failure?: string;
  /** Published keys that were left out, a sentence for each. Absent where there are none. */
  readonly ignored?: readonly string[];
}

/** A wish for a token that another server accepts (RFC 8693). */
export interface DownstreamRequest {
  readonly audience: string;
  /** With none, what the token may do there is the issuer's to say: it can be all that this server may have. */
  readonly scopes: readonly string[];
}

/** A token for another server, on the caller's behalf. */
export interface DownstreamToken {
  readonly value: string;
  readonly scheme: 'Bearer' | 'DPoP';
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** The whole provider interface. Everything else about a vendor stays in its own package. */
export interface AuthProvider {
  readonly specificationVersion: 'v1';
  /** Short and stable, for logs and audit: `scalekit`, `auth0`, `local`. */
  readonly id: string;
  /** Issuer identifiers, published under that name (RFC 9728 §2). At least one. */
  readonly authorizationServers: readonly string[];
  /** Whose tokens are its own, as they stand in `iss`. Default: `authorizationServers`. */
  readonly issuers?: readonly string[];
  /** Scopes that the operator's mapping of roles can give: the gate does not start where its vocabulary lacks one. Default: none. */
  readonly mappedScopes?: readonly string[];
  /** Those of them that nothing but a role gives at an issuer: the gate sends none of its callers to consent for these. Default: none. */
  assignedScopes?(issuer: string): readonly string[];
  /**
   * What the issuer wants in front of a scope that a client asks for, such as `finance/`. Challenges and metadata name scopes with it,
   * since clients ask for what these say, word for word. Default: nothing.
   */
  readonly scopePrefix?: string;
  /**
   * Who holds this token. Never decides scopes, never checks a proof.
   *
   * @throws {ProviderUnavailableError} when the issuer cannot be asked: an outage is no verdict.
   */
  verify(token: PresentedToken, context: VerifyContext): Promise<Principal | Rejection>;
  /**
   * Told of each revocation, so that remembered answers are dropped and open streams end.
   *
   * @returns A function that ends the listening.
   */
  onRevocation?(listen: (revocation: Revocation) => void): () => void;
  /** How its issuers are doing, one for each set of keys. Asks nobody: what is known is told. */
  status?(): readonly IssuerStatus[];
  /** Whether a step-up could ever bring these scopes. Default: a user can, a client cannot. */
  obtainable?(principal: Principal, scopes: readonly string[]): boolean;
  /**
   * A token for another audience on the caller's behalf (RFC 8693). Its scopes may be fewer than were wished for.
   *
   * @throws {DownstreamRefusedError} when the issuer says no.
   * @throws {ProviderUnavailableError} when it cannot be asked.
   */
  exchange?(
    token: PresentedToken,
    want: DownstreamRequest,
    context: VerifyContext,
  ): Promise<DownstreamToken>;
}
