import type { ClientDocument, FakeClient, FakeClients } from './fake-clients.js';
import type { FakeGrants, GrantedAccess } from './fake-grants.js';
import type { AnswerFault, OAuthFault } from './oauth-fault.js';
import type { ClientMetadata, RegisteredClient } from './register-endpoint.js';

/** What a client asks for. */
export interface AccessRequest {
  readonly client: FakeClient;
  /** `authorization_code` at the authorization endpoint. */
  readonly grantType: string;
  /** As asked for, in their order. */
  readonly scopes: readonly string[];
  /** Each `resource` (RFC 8707 §2). */
  readonly resources: readonly string[];
  /** The `audience` of vendors that have that parameter. */
  readonly audience?: string;
  /** Everything that was sent, secrets too. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A grant that becomes an access token. */
export interface FakeGrant extends GrantedAccess {
  readonly grantType: string;
  /** Of the request to the token endpoint. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a vendor's hook allows. */
export interface AccessDecision {
  /** The person who approves. Default: {@link FakeAuthorizationOptions.subject}; nobody where a client acts for itself. */
  readonly subject?: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
}

type Awaitable<T> = T | Promise<T>;

/** The differences between vendors. A hook that returns a fault refuses with it. */
export interface FakeAuthorizationOptions {
  /** Sent as `iss` where {@link sendsIssuer} says so. */
  readonly issuer: string;
  /** The person who approves everything. Default `user-1`. */
  readonly subject?: string;
  /** Registered beforehand. */
  readonly clients?: readonly FakeClient[];
  /** Audience and scopes, asked at the authorization endpoint and for client credentials. */
  decide(request: AccessRequest): Awaitable<AccessDecision | OAuthFault>;
  /** The access token. */
  mint(grant: FakeGrant): Awaitable<string>;
  /** Seconds, as `expires_in` says. Default 3600. */
  readonly expiresIn?: number;
  /** Whether a refresh token comes along. Default: where `offline_access` is granted. Never for a client itself. */
  refreshes?(grant: FakeGrant): boolean;
  /** Further members of the answer of the token endpoint. */
  extras?(grant: FakeGrant): Awaitable<Readonly<Record<string, unknown>>>;
  /** Grant types of the vendor's own, token exchange for one. `undefined`: no such type. */
  extensionGrant?(request: AccessRequest): Awaitable<AccessDecision | OAuthFault | undefined>;
  /** Registers a client (RFC 7591). Default: nobody registers. */
  register?(metadata: ClientMetadata): Awaitable<RegisteredClient | OAuthFault>;
  /**
   * What the https URL of a client id document would serve; `undefined` for one that is not taken. Default: none is.
   * Nothing is fetched: no client in a test can serve https, so the document is handed in, or fetched by the hook itself.
   */
  clientDocument?(url: string): Awaitable<ClientDocument | undefined>;
  /** Whether a client may revoke (RFC 7009). Default: every one. */
  revocable?(client: FakeClient): boolean;
  /** Whether the answer of the authorization endpoint has `iss` (RFC 9207). Default: always. */
  sendsIssuer?(): boolean;
  /** The vendor's spelling of a refusal. Default: as RFC 6749 §5.2 has it. */
  readonly answerFault?: AnswerFault;
  /** Milliseconds since the epoch. Default `Date.now`. */
  clock?(): number;
}

/** What every endpoint needs to know. */
export interface EndpointContext {
  readonly options: FakeAuthorizationOptions;
  readonly clients: FakeClients;
  readonly grants: FakeGrants;
}
