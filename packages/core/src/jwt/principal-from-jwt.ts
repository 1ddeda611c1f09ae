import { parseScopeList } from '../scope/scope-syntax.js';
import type { Principal } from '../token/principal.js';
import { type Rejection, rejection } from '../token/rejection.js';
import type { VerifiedJwt } from './jwt-verifier.js';
import type { Grants } from './read-grants.js';

type Claims = Readonly<Record<string, unknown>>;

/** Where one issuer keeps what RFC 9068 has names for. Pure functions of verified claims. */
export interface ClaimMapping {
  /** Default: `client_id`. */
  clientId?(claims: Claims): string | undefined;
  /** Default: `scope`, one string with single spaces (RFC 8693 §4.2). `undefined` refuses the token. */
  grants?(claims: Claims): Grants | undefined;
  /** Default: a client when `sub` is the client id, otherwise a user. */
  actor?(claims: Claims): Principal['actor'];
  /** Default: none. */
  tenant?(claims: Claims): string | undefined;
}

/**
 * Turns a verified token into a principal. Scopes stay as granted, unexpanded; no `scope` claim means no scopes.
 * Does NOT check a DPoP proof: a `cnf.jkt` is handed on, and a binding of any other kind is refused, since nobody would check it.
 *
 * @returns A {@link Rejection} `claims_invalid` when a claim has the wrong form.
 * @see RFC 9068 §2.2, §5; RFC 9449 §6; RFC 9470 §6
 */
export function principalFromJwt(
  verified: VerifiedJwt,
  mapping: ClaimMapping = {},
): Principal | Rejection {
  const { claims, tokenId, expiresAt, freshUntil } = verified;
  const { iss, sub, auth_time: authTime, acr } = claims;
  const clientId = mapping.clientId ? mapping.clientId(claims) : claims.client_id;
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') {
    return rejection('claims_invalid', 'The token names no subject.');
  }
  if (typeof clientId !== 'string' || clientId === '') {
    return rejection('claims_invalid', 'The token names no client.');
  }
  const grants = mapping.grants ? mapping.grants(claims) : scopeString(claims);
  if (!grants) {
    return rejection('claims_invalid', 'The scopes of the token are malformed.');
  }
  const confirmation = readConfirmation(claims);
  if (confirmation === null) {
    return rejection('claims_invalid', 'The token is bound in a way that is not supported.');
  }
  const tenant = mapping.tenant?.(claims);
  return {
    kind: 'principal',
    actor: mapping.actor ? mapping.actor(claims) : sub === clientId ? 'client' : 'user',
    issuer: iss,
    subject: sub,
    clientId,
    ...(tenant ? { tenant } : {}),
    tokenId,
    scopes: grants.scopes,
    ...(grants.mapped.length > 0 ? { mapped: grants.mapped } : {}),
    expiresAt,
    ...(freshUntil === undefined ? {} : { freshUntil }),
    ...(typeof authTime === 'number' ? { authenticatedAt: authTime } : {}),
    ...(typeof acr === 'string' ? { acr } : {}),
    ...(confirmation ? { confirmation } : {}),
    claims,
  };
}

/** An array is refused: whether it means grants is the issuer's own business, so it takes a mapping (RS-59). */
function scopeString(claims: Claims): Grants | undefined {
  const { scope = '' } = claims;
  const scopes = typeof scope === 'string' ? parseScopeList(scope) : undefined;
  return scopes && { scopes, mapped: [] };
}

/** `undefined`: a bearer token. `null`: bound by something that is not a DPoP key. */
function readConfirmation(claims: Claims): Principal['confirmation'] | null {
  const { cnf } = claims;
  if (cnf === undefined) return undefined;
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) return null;
  const { jkt, ...others } = cnf as Claims;
  const thumbprint = typeof jkt === 'string' && /^[A-Za-z0-9\-_]{43}$/.test(jkt);
  return thumbprint && Object.keys(others).length === 0 ? { jkt } : null;
}
