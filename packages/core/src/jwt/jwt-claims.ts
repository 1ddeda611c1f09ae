import type { VerifyContext } from '../provider/auth-provider.js';
import { type Rejection, rejection } from '../token/rejection.js';

/** How the claims of one issuer are judged. */
export interface ClaimRules {
  readonly issuers: readonly string[];
  /** Names that the issuer has for the resource, beside the resource's own URI. */
  readonly audience: readonly string[];
  /** Seconds of skew allowed on `exp` and `nbf`. */
  readonly clockTolerance: number;
  /** Each a claim that must be there, or several of which one must be. */
  readonly requiredClaims: readonly (string | readonly string[])[];
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

/** `aud` equals, or as an array contains, one of the names: whole strings, never prefixes (RFC 7519 §4.1.3). */
function isForUs(aud: unknown, names: readonly string[]): boolean {
  const values: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return values.some((value) => typeof value === 'string' && names.includes(value));
}

/**
 * Judges verified claims: `iss`, `aud`, `exp`, `nbf`, `iat`, then required claims and their types.
 * Does NOT look at scopes.
 *
 * @returns `undefined` when nothing is wrong.
 * @see RFC 9068 §4, RFC 8707 §2
 */
export function judgeClaims(
  claims: Claims,
  rules: ClaimRules,
  context: VerifyContext,
): Rejection | undefined {
  const { iss, aud, exp, nbf, iat } = claims;
  const { now } = context;
  if (typeof iss !== 'string' || !rules.issuers.includes(iss)) {
    return rejection('issuer_unknown', 'The "iss" claim is not the configured issuer.');
  }
  if (!isForUs(aud, [context.resource, ...rules.audience])) {
    return rejection('audience_mismatch', 'The "aud" claim does not name this resource.');
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
    const names = typeof required === 'string' ? [required] : required;
    if (names.every((name) => !Object.hasOwn(claims, name) || missing(claims[name]))) {
      return rejection('claims_invalid', `The claim ${names.join(' or ')} is missing.`);
    }
  }
  for (const name of ['sub', 'client_id', 'azp', 'jti']) {
    if (claims[name] !== undefined && typeof claims[name] !== 'string') {
      return rejection('claims_invalid', `The "${name}" claim is not a string.`);
    }
  }
  return undefined;
}
