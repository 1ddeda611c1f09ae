import type {
  AudienceRule,
  ClaimPath,
  Fetch,
  GrantMapping,
  JwtAlgorithm,
  KeySnapshotStore,
} from '@portcullis/core/jwt';
import type { ClientOptions } from './client-authentication.js';

/** How tokens are asked about that cannot be verified with keys (RFC 7662). */
export interface IntrospectionOptions extends ClientOptions {
  /** Default: `introspection_endpoint` of the issuer's metadata. HTTPS unless on loopback. */
  readonly endpoint?: string;
  /**
   * Asks about JWTs too, once their signature holds: a revocation then counts at once. Default
   * `false`.
   */
  readonly always?: boolean;
  /** Seconds for which an answer may be remembered, 0 to 30. Default 30. */
  readonly rememberSeconds?: number;
}

/** How the caller's token is exchanged for one that another server accepts (RFC 8693). */
export interface ExchangeOptions extends ClientOptions {
  /** Default: `token_endpoint` of the issuer's metadata. HTTPS unless on loopback. */
  readonly endpoint?: string;
}

/** An issuer, by the words of the standards. All but `issuer` has a default that fits RFC 9068. */
export interface OidcProviderOptions {
  /** Names the provider in logs and audit. Default `oidc`. */
  readonly id?: string;
  /**
   * The issuer, character by character as in `iss`; several spellings that share their keys; or a
   * template that holds `{tenantid}` once, with `tenants`. What is no URL needs `jwksUri` and
   * `authorizationServers`.
   */
  readonly issuer: string | readonly string[];
  /**
   * The tenants whose tokens are taken, for a template. The claim `tenantClaim` must name the
   * tenant of `iss`.
   */
  readonly tenants?: readonly string[];
  /** Published as `authorization_servers` (RFC 9728 §2). Default: the issuers. */
  readonly authorizationServers?: readonly string[];
  /** The key set. Default: what the metadata of the first issuer says. */
  readonly jwksUri?: string;
  /**
   * Where the metadata lies, if neither where RFC 8414 nor where OpenID Connect Discovery puts it.
   */
  readonly metadataUrl?: string;
  /**
   * The issuer's own names for this resource, beside its URI; or a rule for tokens without `aud`.
   * Default: its URI alone.
   */
  readonly audience?: AudienceRule;
  /** Default: ES256, ES384, EdDSA, Ed25519, PS256, RS256. */
  readonly algorithms?: readonly JwtAlgorithm[];
  /**
   * The `typ` header of access tokens. `jwt` is for issuers that predate RFC 9068. Default
   * `at+jwt`.
   */
  readonly typ?: 'at+jwt' | 'jwt';
  /**
   * Claims of a JWT that must be there; a list inside the list means one of them. Default: see
   * `createJwtVerifier` of `@portcullis/core/jwt`. A list of your own replaces all of it: leave
   * something in it that no ID token has.
   */
  readonly requiredClaims?: readonly (string | readonly string[])[];
  /**
   * Claims that must have one of these values, such as `{ token_use: ['access'] }`. Default: none.
   */
  readonly claimValues?: Readonly<Record<string, readonly string[]>>;
  /**
   * Claims of which the first that is there names the client. Default: `client_id`, `azp`, `cid`,
   * `appid`.
   */
  readonly clientIdClaims?: readonly string[];
  /**
   * Claims that only a token has that a client got for itself. Default: none; `sub` that equals the
   * client id always says so.
   */
  readonly machineClaims?: readonly string[];
  /**
   * Claims of which each user's token has at least one; a token without them is a client's own.
   * Default: not looked at.
   */
  readonly userClaims?: readonly string[];
  /** The claim that names the organisation. Default: `tid` for a template, otherwise none. */
  readonly tenantClaim?: ClaimPath;
  /**
   * Claims that hold scopes, one string or an array each; all of them are read. Default: `scope`.
   */
  readonly scopeClaims?: readonly ClaimPath[];
  /** What roles, groups and prefixed scopes stand for here. Default: nothing. */
  readonly grants?: GrantMapping;
  /**
   * `optional` accepts a token without `kid` where exactly one published key fits. Default
   * `required`.
   */
  readonly keyId?: 'required' | 'optional';
  /** Seconds of skew allowed on `exp` and `nbf`, 0 to 300. Default 5. */
  readonly clockTolerance?: number;
  /** With it, tokens that are no JWT are asked about. Default: they are refused. */
  readonly introspection?: IntrospectionOptions;
  /**
   * With it, handlers can have tokens for other servers on the caller's behalf. Default: they
   * cannot.
   */
  readonly exchange?: ExchangeOptions;
  /** Milliseconds that one request to the issuer may take, 1 to 60,000. Default 5000. */
  readonly timeoutMs?: number;
  /** Seconds to wait after the issuer failed before it is asked again, 0 to 3600. Default 5. */
  readonly retryAfter?: number;
  /**
   * Keeps the keys over a restart: the server then starts while the issuer is down, with the keys of the
   * process before it. Such as `keyFile(path)` of `@portcullis/core/node`. Default: nothing is kept.
   */
  readonly keySnapshot?: KeySnapshotStore;
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /**
   * Told what operators need to know, each sentence once a minute; never a token or a claim's
   * value. Default: nobody.
   */
  readonly report?: (message: string) => void;
}
