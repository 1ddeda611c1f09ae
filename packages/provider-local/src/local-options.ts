import type { AuditSink, ScopeVocabulary } from '@portcullis/core';
import type { Accounts } from './accounts/accounts.js';
import type { IdentityProvider, WorkloadIssuer } from './assertions/assertion-options.js';
import type { RegisteredClient } from './clients/registered-client.js';
import type { ResourceServerAccess } from './clients/resource-servers.js';
import type { SigningAlgorithm } from './keys/signing-keys.js';
import type { RateLimiter } from './limits/rate-limiter.js';
import type { RateLimits } from './limits/rate-limits.js';
import type { PagesOptions } from './pages/pages-options.js';
import type { LocalStore } from './store/local-store.js';
import type { UpstreamAccounts } from './upstream/upstream.js';

/** An MCP server that tokens of this issuer are for. */
export interface LocalResource {
  /** Its canonical URI: the `aud` of its tokens (RFC 8707 §2). */
  readonly resource: string;
  /** What the pages call it. */
  readonly name: string;
  readonly scopes: ScopeVocabulary;
  /** What a request without `scope` asks for. Default: every declared scope without a wildcard. */
  readonly baseline?: readonly string[];
  /**
   * What the MCP server itself may do here: ask what a token is worth (RFC 7662), exchange one for another server (RFC 8693).
   * Default: nothing.
   */
  readonly server?: ResourceServerAccess;
}

/** Settings of {@link localProvider}. */
export interface LocalProviderOptions {
  /**
   * The issuer identifier: the public URL under which the server is reached, without a slash at the end. HTTPS, or `http:` on
   * loopback. No request can change it: host names and forwarding headers are never read.
   */
  readonly issuer: string;
  /** At least one. The first is the audience of a request that names none. */
  readonly resources: readonly LocalResource[];
  /** Who can sign in: with a password here, or at an upstream OpenID provider (`@portcullis/provider-local/upstream`). */
  readonly accounts: Accounts | UpstreamAccounts;
  /** Where everything is kept. Default: the memory of this process. Closed by {@link LocalProvider.close}. */
  readonly store?: LocalStore;
  /** Clients that the operator set up. Default: none. Only they can have the client credentials grant. */
  readonly clients?: readonly RegisteredClient[];
  /** Whose word about a person stands in for a sign-in here (ID-JAG, enterprise-managed authorization). Default: nobody's. */
  readonly identityProviders?: readonly IdentityProvider[];
  /** Which platforms vouch for which of their programs (workload identity federation). Default: none. */
  readonly workloadIssuers?: readonly WorkloadIssuer[];
  /**
   * Whether anybody may register a client (RFC 7591). Default: only when the issuer is on loopback. With `'initial_access_token'` only
   * who was handed one (see {@link InitialAccessTokens}); the endpoint is then not in the metadata, since clients would try it without.
   */
  readonly dynamicRegistration?: boolean | 'initial_access_token';
  /** After how many days a client that registered itself is gone if nobody allowed it anything, 1 to 365. Default 7. */
  readonly unusedRegistrationDays?: number;
  /**
   * Private-use URI schemes that may be redirected to, without the colon. Default: the schemes of well-known MCP clients, see
   * {@link DEFAULT_PRIVATE_USE_SCHEMES}.
   */
  readonly privateUseSchemes?: readonly string[];
  /**
   * Whether a client may introduce itself by the URL of a document (CIMD): from any public host, from the hosts that are listed (as in
   * the URL, with a port that is not 443), or not at all. Default true.
   */
  readonly clientDocuments?: boolean | { readonly hosts: readonly string[] };
  /**
   * Client id documents whose origin (`https:`) is to be fetched from a loopback origin instead (`http:` or `https:`). For demos and
   * tests: whoever holds that port then speaks for the origin. Default: none.
   */
  readonly dangerouslyMapClientDocuments?: Readonly<Record<string, string>>;
  /** Where audit events go. Default: nowhere. */
  readonly audit?: readonly AuditSink[];
  /** Lifetime of an access token in seconds, 30 to 3,600. Default 300. */
  readonly accessTokenSeconds?: number;
  /**
   * What access tokens are signed with. Default `ES256`. Changed on a store that has keys, a key of the new kind is published at once and
   * signs an hour later; what the old one signed stays valid.
   */
  readonly signingAlgorithm?: SigningAlgorithm;
  /** How long a signing key and a cookie key are in use before the next one takes over, in days, 1 to 365. Default 30. */
  readonly keyRotationDays?: number;
  /** How the pages look. Default: our own look, under the name of the first resource. */
  readonly pages?: PagesOptions;
  /** How many requests are answered; more get 429 with `Retry-After`. Default: see {@link RateLimits}. `false` counts nothing. */
  readonly rateLimits?: Partial<RateLimits> | false;
  /** What counts. Default: the memory of this process, so that each instance has budgets of its own. */
  readonly rateLimiter?: RateLimiter;
  /**
   * How many reverse proxies in front of this server append to `X-Forwarded-For`; 0 for none. Addresses are used for counting and
   * nothing else. Default: not known; the address is that of the connection, and who comes through a proxy or from loopback counts
   * together with all others who do.
   */
  readonly trustedProxies?: number;
  /**
   * Whether a client may have its tokens bound to a key of its own, and then has to prove at each use that it holds that key (DPoP, RFC
   * 9449); with `'nonce'` every proof must also carry a nonce of ours. Default false: a gate without `proofs` refuses bound tokens, so
   * switch on both.
   */
  readonly dpop?: boolean | 'nonce';
  /**
   * Whether a client may send its authorization request straight to this server, and only a reference through the browser (RFC 9126).
   * With `'required'` no other request is taken, which no MCP client of today makes. Default false.
   */
  readonly pushedAuthorizationRequests?: boolean | 'required';
  /**
   * Seconds in which a used refresh token is answered with the same successor again, for answers that were lost and requests that
   * were sent twice, 0 to 30. Default 10; with 0 every second use ends the grant.
   */
  readonly refreshGraceSeconds?: number;
}
