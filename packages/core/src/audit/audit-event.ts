import type { MappedGrant, Principal } from '../token/principal.js';

/** What every event has. One event is one line of a log. */
export interface AuditEventHead {
  readonly version: 1;
  /** Unique. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Ties together all events of one HTTP request. */
  readonly requestId: string;
  /** W3C trace id: 32 hexadecimal digits. */
  readonly trace?: string;
}

/** Who acted, without claims and without the token. */
export interface AuditActor {
  readonly kind: Principal['actor'];
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly tenant?: string;
  readonly tokenId: string;
  /** Who acts for the subject, the latest first (RFC 8693 §4.1). Absent where it acts for itself; at most eight. */
  readonly actors?: readonly ActingParty[];
}

/** A party that acts on behalf of another, by a token that it exchanged. */
export interface ActingParty {
  readonly subject: string;
  /** Absent where the token does not name another than its own. */
  readonly issuer?: string;
}

/** Written before an operation is dispatched, and once for a request refused before its operations were known. */
export interface DecisionEvent {
  readonly kind: 'decision';
  /** Ties the decision to its completion. */
  readonly operationId: string;
  readonly outcome: 'allowed' | 'denied' | 'challenged' | 'unavailable';
  /** Why not: a rejection code, a reason of {@link Decision}, or a word of the adapter's. Absent when allowed. */
  readonly reason?: string;
  /** For operators. Never holds a token or a claim value. */
  readonly detail?: string;
  /** Absent where nobody was identified. */
  readonly actor?: AuditActor;
  /** What was asked: a protocol's method, such as `tools/call`. */
  readonly method?: string;
  /** Of what: a tool's name, a resource's URI. */
  readonly name?: string;
  readonly required: readonly string[];
  readonly granted: readonly string[];
  /** Which of the granted scopes stand for a role, a group or a prefixed scope of the issuer's. Absent where none does. */
  readonly mapped?: readonly MappedGrant[];
  readonly missing: readonly string[];
  /**
   * What an entry that is only reported on would have done to an operation that was let through. Absent where it would have passed too.
   */
  readonly wouldHave?: {
    readonly outcome: 'denied' | 'challenged';
    readonly reason: string;
    readonly detail?: string;
    readonly required: readonly string[];
    readonly missing: readonly string[];
  };
  /** Told in a result or an error of the protocol, to a client that is known to drop challenges. Absent otherwise. */
  readonly inBand?: true;
  /** The arguments' size in bytes and the SHA-256 of their JSON in hexadecimal; never the arguments. */
  readonly input?: { readonly bytes: number; readonly sha256: string };
  /** The HTTP status, where the decision was an answer. */
  readonly status?: number;
}

/** Written once for each allowed operation. */
export interface CompletionEvent {
  readonly kind: 'completion';
  readonly operationId: string;
  /** `unknown` after an abort or a crash. */
  readonly outcome: 'succeeded' | 'failed' | 'unknown';
  readonly durationMs: number;
}

/** What an authorization server did. */
export interface IssuerEvent {
  readonly kind: 'issuer';
  readonly type:
    | 'client_registered'
    | 'client_changed'
    | 'client_removed'
    | 'registration_refused'
    | 'signed_in'
    | 'sign_in_failed'
    | 'consent_shown'
    | 'consent_allowed'
    | 'consent_partial'
    | 'consent_denied'
    | 'consent_expired'
    | 'consent_forged'
    | 'authorization_refused'
    | 'resource_defaulted'
    | 'token_issued'
    | 'token_refreshed'
    | 'token_reused'
    | 'token_revoked'
    | 'token_refused'
    | 'rate_limited'
    | 'key_rotated'
    | 'key_withdrawn';
  readonly issuer: string;
  readonly clientId?: string;
  readonly subject?: string;
  readonly tokenId?: string;
  readonly grantId?: string;
  readonly requested?: readonly string[];
  readonly granted?: readonly string[];
  /** For operators. Never holds a token, a code or a secret. */
  readonly detail?: string;
}

/** Somebody read a discovery document. */
export interface DiscoveryEvent {
  readonly kind: 'discovery';
  readonly document: 'protected_resource';
  readonly status: number;
}

/** A versioned record of who was let do what, by which grant, or why not. */
export type AuditEvent = AuditEventHead &
  (DecisionEvent | CompletionEvent | IssuerEvent | DiscoveryEvent);

/** An event before the log has given it its head. */
export type AuditEntry = Pick<AuditEventHead, 'requestId' | 'trace'> &
  (DecisionEvent | CompletionEvent | IssuerEvent | DiscoveryEvent);

/** How long a chain of acting parties is followed. */
const MAX_ACTORS = 8;

/** The part of a principal that belongs in a log. */
export function toAuditActor(principal: Principal): AuditActor {
  const { actor, issuer, subject, clientId, tenant, tokenId, claims } = principal;
  const actors = claims.act === undefined ? [] : actingParties(claims.act);
  return {
    kind: actor,
    issuer,
    subject,
    clientId,
    ...(tenant ? { tenant } : {}),
    tokenId,
    ...(actors.length > 0 ? { actors } : {}),
  };
}

/** The chain of `act` claims. What is no actor ends it: the issuer vouched for the token, not for its form. */
function actingParties(claim: unknown): readonly ActingParty[] {
  const parties: ActingParty[] = [];
  for (let act = claim; isRecord(act) && parties.length < MAX_ACTORS; act = act.act) {
    const { sub, iss } = act;
    if (typeof sub !== 'string') break;
    parties.push({ subject: sub, ...(typeof iss === 'string' ? { issuer: iss } : {}) });
  }
  return parties;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
