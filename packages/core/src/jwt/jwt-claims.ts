import type { VerifyContext } from '../provider/auth-provider.js';
import { type Rejection, rejection } from '../token/rejection.js';

/** What shows that a token was made for this resource. One of the two always has to. */
export type AudienceRule =
  /** `aud` has the resource's URI or one of these, which are the issuer's own names for it. */
  | readonly string[]
  /**
   * For issuers that put no `aud` into access tokens: a claim of which these values are known to mean this resource. Where a token has
   * an `aud` after all, that must name the resource as well.
   */
  | { readonly claim: string; readonly oneOf: readonly string[] };

/** How the claims of one issuer are judged. */
export interface ClaimRules {
  /** As they stand in `iss`. */
  readonly issuers: readonly string[];
  readonly audience: AudienceRule;
  /** Seconds of skew allowed on `exp` and `nbf`. */
  readonly clockTolerance: number;
  /** Each a claim that must be there, or several of which one must be. */
  readonly requiredClaims: readonly (string | readonly string[])[];
  /** Claims that must have one of these values. Default: none. */
  readonly claimValues?: Readonly<Record<string, readonly string[]>>;
}

/** Seconds that `iat` may lie ahead of our clock: clocks differ, and nothing depends on it. */
const ISSUED_AHEAD = 60;
/** 9999-12-31T23:59:59Z. Beyond it somebody wrote milliseconds, or wants a token that never ends. */
const LAST_SECOND = 253_402_300_799;

type Claims = Readonly<Record<string, unknown>>;

const isDate = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= LAST_SECOND;

const missing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length);

/** The claim equals, or as an array contains, one of the names: whole strings, never prefixes (RFC 7519 §4.1.3). */
function names(claim: unknown, accepted: readonly string[]): boolean {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.some((value) => typeof value === 'string' && accepted.includes(value));
}

function isForUs(claims: Claims, resource: string, rule: AudienceRule): boolean {
  if (!('claim' in rule)) return names(claims.aud, [resource, ...rule]);
  const { claim, oneOf } = rule;
  const meant = Object.hasOwn(claims, claim) && names(claims[claim], oneOf);
  return meant && (claims.aud === undefined || names(claims.aud, [resource]));
}

/**
 * Judges verified claims: `iss`, `aud`, `exp`, `nbf`, `iat`, then required claims, their types and their values.
 * Does NOT look at scopes, and at no signature.
 *
 * @returns `undefined` when nothing is wrong.
 * @see RFC 9068 §4, RFC 8707 §2
 */
export function judgeClaims(
  claims: Claims,
  rules: ClaimRules,
  context: VerifyContext,
): Rejection | undefined {
  const { iss, exp, nbf, iat } = claims;
  const { now } = context;
  if (typeof iss !== 'string' || !rules.issuers.includes(iss)) {
    return rejection('issuer_unknown', 'The "iss" claim is not the configured issuer.');
  }
  if (!isForUs(claims, context.resource, rules.audience)) {
    const claim = 'claim' in rules.audience ? rules.audience.claim : 'aud';
    return rejection('audience_mismatch', `The "${claim}" claim does not name this resource.`);
  }
  if (!isDate(exp)) {
    return rejection('claims_invalid', 'The "exp" claim is missing or not a plausible date.');
  }
  if (exp <= now - rules.clockTolerance) {
    return rejection('token_expired', `The token expired ${now - exp} seconds ago.`);
  }
  if (nbf !== undefined && !isDate(nbf)) {
    return rejection('claims_invalid', 'The "nbf" claim is not a plausible date.');
  }
  if (nbf !== undefined && nbf > now + rules.clockTolerance) {
    return rejection('token_not_yet_valid', `The token is valid in ${nbf - now} seconds.`);
  }
  if (iat !== undefined && !isDate(iat)) {
    return rejection('claims_invalid', 'The "iat" claim is not a plausible date.');
  }
  if (iat !== undefined && iat > now + ISSUED_AHEAD) {
    return rejection('token_not_yet_valid', `The token was issued ${iat - now} seconds ahead.`);
  }
  for (const required of rules.requiredClaims) {
    const choice = typeof required === 'string' ? [required] : required;
    if (choice.every((name) => !Object.hasOwn(claims, name) || missing(claims[name]))) {
      return rejection('claims_invalid', `The claim ${choice.join(' or ')} is missing.`);
    }
  }
  for (const name of ['sub', 'client_id', 'azp', 'jti']) {
    if (claims[name] !== undefined && typeof claims[name] !== 'string') {
      return rejection('claims_invalid', `The "${name}" claim is not a string.`);
    }
  }
  for (const [name, values] of Object.entries(rules.claimValues ?? {})) {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    if (typeof value !== 'string' || !values.includes(value)) {
      return rejection('claims_invalid', `The "${name}" claim has no value that is accepted.`);
    }
  }
  return undefined;
}
