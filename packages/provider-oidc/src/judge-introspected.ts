import { type Rejection, rejection, sha256, type VerifyContext } from '@portcullis/core';
import { type ClaimRules, judgeClaims, type VerifiedJwt } from '@portcullis/core/jwt';
import type { IntrospectionAnswer } from './introspection.js';

/**
 * By what the issuer says that the token is (RFC 7662 §2.2). Some name the use, others the type of
 * RFC 6749.
 */
const accessTokenNames: Readonly<Record<string, readonly string[]>> = {
  token_type: ['bearer', 'dpop', 'access_token'],
  token_use: ['access', 'access_token'],
};

/**
 * Judges what the issuer said of an opaque token as the claims of a JWT are judged: `aud` and `exp`
 * have to be there, and name us and the future. An answer without `iss` is the issuer's that was
 * asked. Does NOT look at scopes, and checks no DPoP proof.
 */
export async function judgeIntrospected(
  token: string,
  answer: IntrospectionAnswer,
  rules: ClaimRules,
  context: VerifyContext,
): Promise<VerifiedJwt | Rejection> {
  const { active, ...members } = answer;
  if (!active) return inactive(answer, context);
  const claims: Readonly<Record<string, unknown>> = { iss: rules.issuers[0], ...members };
  const fault = judgeClaims(claims, rules, context) ?? otherToken(claims);
  if (fault) return fault;
  const { jti, exp } = claims;
  const named = typeof jti === 'string' && jti !== '' && jti.length <= 256;
  return {
    kind: 'verified',
    claims,
    tokenId: named ? jti : `sha256:${await sha256(token)}`,
    expiresAt: Number(exp),
  };
}

/**
 * RFC 7662 §2.2: `active` is false for what expired, was revoked or never was; most issuers say no
 * more than that.
 */
export function inactive({ exp }: IntrospectionAnswer, { now }: VerifyContext): Rejection {
  return typeof exp === 'number' && exp <= now
    ? rejection('token_expired', 'The issuer says that the token expired.')
    : rejection('token_revoked', 'The issuer says that the token is not active.');
}

/** Issuers answer for refresh tokens at the same endpoint. */
function otherToken(claims: Readonly<Record<string, unknown>>): Rejection | undefined {
  for (const [member, names] of Object.entries(accessTokenNames)) {
    const value = claims[member];
    if (value === undefined) continue;
    if (typeof value !== 'string' || !names.includes(value.toLowerCase())) {
      return rejection('claims_invalid', `The "${member}" is not one of an access token.`);
    }
  }
  const isBound = String(claims.token_type).toLowerCase() === 'dpop';
  return isBound && claims.cnf === undefined
    ? rejection('claims_invalid', 'The token is bound to a key, and the issuer does not say which.')
    : undefined;
}
