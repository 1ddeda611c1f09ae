import type { Account } from '../accounts/accounts.js';

/** What a sign-in elsewhere is checked against. Kept on the server until the browser is back, and never sent with it. */
export interface UpstreamChecks {
  readonly nonce: string;
  readonly codeVerifier: string;
  /** Seconds since the epoch before which the person must not have signed in there. Default: the time does not matter. */
  readonly notBefore?: number;
}

/** One person on the way to the upstream provider. */
export interface UpstreamRequest {
  readonly state: string;
  readonly redirectUri: string;
  readonly checks: UpstreamChecks;
  /** What the person is asked there even when signed in: who they are, or to prove it once more. */
  readonly prompt?: 'select_account' | 'login';
  /** How long ago the person may have signed in there, in seconds. */
  readonly maxAge?: number;
}

/** Who came back. */
export interface UpstreamPerson {
  readonly account: Account;
  /** Who that is there, and the session there, where it is named. */
  readonly sub: string;
  readonly sid?: string;
  /** Seconds since the epoch at which the person signed in there; absent where the upstream provider does not say. */
  readonly signedInAt?: number;
  /** Stays on the server: it tells whether the upstream provider still stands by the person. */
  readonly refreshToken?: string;
}

/** What became of a sign-in elsewhere. */
export type UpstreamAnswer =
  | { readonly kind: 'signed_in'; readonly person: UpstreamPerson }
  /** The upstream provider signed nobody in; `error` is its code (RFC 6749 §4.1.2.1). */
  | { readonly kind: 'declined'; readonly error: string }
  /** Signed in there, and not welcome here. */
  | { readonly kind: 'refused' }
  /** Signed in there too long ago, or nobody knows when. */
  | { readonly kind: 'stale' }
  /** No answer to our question; `detail` is for operators. */
  | { readonly kind: 'invalid'; readonly detail: string };

/** Whether the upstream provider still stands by a person. */
type UpstreamRenewal =
  | {
      readonly kind: 'good';
      /** Takes the place of the one that was used: keep it before anything else can fail. */
      readonly refreshToken: string;
      /** Who that is there, where that was told anew. */
      readonly sub?: string;
      /** Who the person is by now, where that was told anew; `undefined` for somebody who is not welcome any more. */
      readonly account?: () => Promise<Account | undefined>;
    }
  | { readonly kind: 'ended' };

/** Somebody signed out there: who, or in which session, or both. Or a token that says nothing; `detail` is for operators. */
export type UpstreamLogout =
  | {
      readonly kind: 'logout';
      readonly sub?: string;
      readonly sid?: string;
      readonly tokenId: string;
      /** Seconds since the epoch. */
      readonly expiresAt: number;
    }
  | { readonly kind: 'invalid'; readonly detail: string };

/**
 * People who sign in at another OpenID provider, as `upstreamAccounts` of `@portcullis/provider-local/upstream` makes it. Knows the
 * protocol and keeps nothing. Each step throws {@link ProviderUnavailableError} when the upstream provider cannot be asked.
 */
export interface UpstreamAccounts {
  readonly kind: 'upstream';
  /** What people call it. */
  readonly name: string;
  readonly issuer: string;
  /** What it is asked for, beside who is there. */
  readonly scopes: readonly string[];
  /** Seconds after which it is asked again whether it stands by a person, where it left us a way to ask. */
  readonly recheckSeconds: number;
  authorizationUrl(request: UpstreamRequest): Promise<URL>;
  /** @param arrival - The whole URL that the browser came back to. */
  redeem(arrival: URL, state: string, checks: UpstreamChecks): Promise<UpstreamAnswer>;
  renew(refreshToken: string): Promise<UpstreamRenewal>;
  /** Judges a logout token. */
  readLogout(token: string): Promise<UpstreamLogout>;
}
