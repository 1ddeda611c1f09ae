import type { Decision } from '../scope/scope-decision.js';
import { isScopeToken } from '../scope/scope-syntax.js';
import type { PresentedToken } from '../token/presented-token.js';
import type { Rejection } from '../token/rejection.js';

type AuthScheme = PresentedToken['scheme'];

/** Why a request must come back with other credentials. */
export interface Challenge {
  readonly kind: 'challenge';
  readonly status: 400 | 401 | 403;
  /** Absent when no credential was presented (RFC 6750 §3.1). */
  readonly error?:
    | 'invalid_request'
    | 'invalid_token'
    | 'insufficient_scope'
    | 'invalid_dpop_proof'
    | 'use_dpop_nonce'
    | 'insufficient_user_authentication';
  /** Every scope the operation needs, so that one consent is enough. */
  readonly scopes: readonly string[];
  /** Absolute URL of the RFC 9728 document. */
  readonly resourceMetadata: string;
  /** Seconds since sign-in that the operation allows (RFC 9470 §3). */
  readonly maxAge?: number;
  readonly acrValues?: readonly string[];
  /** What `error` is about: the scheme that was used. Default `Bearer`. */
  readonly scheme?: AuthScheme;
  /** Another scheme that would do as well (RFC 9449 §7.2). */
  readonly alternative?: AuthScheme;
  /** Signature algorithms that a DPoP proof may have (RFC 9449 §7.1). Default: not said. */
  readonly algorithms?: readonly string[];
  /** For the next DPoP proof (RFC 9449 §9). */
  readonly nonce?: string;
  /** Why; read by audit only. */
  readonly because?: Rejection | Decision;
}

/** Bland on purpose: the detail is for operators, and clients match on `error`. */
const descriptions: Readonly<Record<NonNullable<Challenge['error']>, string>> = {
  invalid_request: 'The Authorization header is malformed or was sent more than once',
  invalid_token: 'The access token is invalid, expired or was issued for another server',
  insufficient_scope: 'The access token lacks a scope that this operation needs',
  invalid_dpop_proof: 'The DPoP proof is missing or invalid',
  use_dpop_nonce: 'A DPoP nonce is required',
  insufficient_user_authentication: 'A more recent or stronger sign-in is required',
};

/**
 * The value of `WWW-Authenticate`, on one line. Where two schemes will do, `Bearer` comes first, since common clients read no further
 * than the first scheme, and look for parameters anywhere: so each has all of them, and descriptions stand last.
 *
 * @see RFC 6750 §3, RFC 9728 §5.1, RFC 9470 §3, RFC 9449 §7
 */
export function challengeHeader(challenge: Challenge): string {
  const { scheme = 'Bearer', alternative } = challenge;
  const { error: _, maxAge: __, acrValues: ___, ...offer } = challenge;
  const own = schemeChallenge(scheme, challenge);
  if (alternative === undefined || alternative === scheme) return own;
  const other = schemeChallenge(alternative, offer);
  return scheme === 'Bearer' ? `${own}, ${other}` : `${other}, ${own}`;
}

function schemeChallenge(scheme: AuthScheme, challenge: Challenge): string {
  const { error, scopes, resourceMetadata, maxAge, acrValues = [], algorithms = [] } = challenge;
  const parameters: string[] = [];
  const add = (name: string, value: string) => parameters.push(`${name}="${value}"`);
  if (error) add('error', error);
  // A scope that is no scope token could end the quoted string and start a parameter of its own.
  const safe = scopes.filter(isScopeToken);
  if (safe.length > 0) add('scope', safe.join(' '));
  add('resource_metadata', resourceMetadata);
  if (maxAge !== undefined) parameters.push(`max_age=${maxAge}`);
  if (acrValues.length > 0) add('acr_values', acrValues.filter(isScopeToken).join(' '));
  if (scheme === 'DPoP' && algorithms.length > 0) add('algs', algorithms.join(' '));
  if (error) add('error_description', descriptions[error]);
  return `${scheme} ${parameters.join(', ')}`;
}

/**
 * The challenge as an HTTP answer, with OAuth error JSON as its body.
 *
 * @see RFC 6750 §3, RFC 9110 §11.6.1
 */
export function challengeResponse(challenge: Challenge): Response {
  const { error, scopes, resourceMetadata, status, nonce } = challenge;
  const body = error
    ? {
        error,
        error_description: descriptions[error],
        ...(error === 'insufficient_scope' ? { scope: scopes.filter(isScopeToken).join(' ') } : {}),
      }
    : {
        error_description: 'This server needs an access token',
        resource_metadata: resourceMetadata,
      };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'www-authenticate': challengeHeader(challenge),
      ...(nonce === undefined ? {} : { 'dpop-nonce': nonce }),
    },
  });
}
