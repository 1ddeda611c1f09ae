import { errors } from 'oidc-provider';

/** The longest that a client assertion may still be valid, in seconds. */
const LONGEST_ASSERTION = 600;

/**
 * What the engine leaves open about a client assertion: it also takes the token endpoint and lists for `aud`, any `typ`, and any
 * distance to `exp`.
 *
 * @param alsoFor - Another `aud` that is taken, for software that the operator cannot change. Default: none.
 * @see RFC 7523 §3, draft-ietf-oauth-rfc7523bis
 */
export function checkClientAssertion(
  issuer: string,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>>,
  alsoFor?: string,
): void {
  const refuse = (detail: string): never => {
    throw new errors.InvalidClientAuth(detail);
  };
  if (claims.aud !== issuer && (alsoFor === undefined || claims.aud !== alsoFor)) {
    refuse('aud must be the issuer identifier and nothing else');
  }
  if (claims.sub !== claims.iss) refuse('sub and iss must both be the client id');
  const { typ } = header;
  if (typ !== undefined && typ !== 'JWT' && typ !== 'client-authentication+jwt') {
    refuse('typ must be client-authentication+jwt');
  }
  const { exp, jti } = claims;
  if (typeof exp !== 'number' || exp > Date.now() / 1000 + LONGEST_ASSERTION) {
    refuse(`exp must lie within ${LONGEST_ASSERTION} seconds`);
  }
  if (typeof jti !== 'string' || jti.length > 256) refuse('jti must have at most 256 characters');
}
