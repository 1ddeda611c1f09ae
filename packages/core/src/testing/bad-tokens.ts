import type { RejectionCode } from '../token/rejection.js';
import type { TokenChange } from './token-change.js';

/** Where and when a bad token is made. */
export interface BadTokenContext {
  /** Seconds since the epoch. */
  readonly now: number;
  /** The issuer of good tokens. */
  readonly issuer: string;
}

/**
 * The order in which every provider judges a token, the order of `createJwtVerifier`. Of several faults the first one
 * is answered, so that one token gets one answer whoever verifies it.
 */
export const judgementOrder: readonly JudgementStep[] = [
  ...(['shape', 'typ', 'crit', 'alg', 'kid', 'signature'] as const),
  ...(['iss', 'aud', 'exp', 'nbf', 'iat', 'claims'] as const),
];

/** One step of {@link judgementOrder}. `typ`: one that no access token has. `claims`: those that have to be there, and those of other kinds of token. */
export type JudgementStep =
  | 'shape'
  | 'typ'
  | 'crit'
  | 'alg'
  | 'kid'
  | 'signature'
  | 'iss'
  | 'aud'
  | 'exp'
  | 'nbf'
  | 'iat'
  | 'claims';

/** A token that has to be refused, as a change of a good one. */
export interface BadToken {
  /** What `verify` has to answer. */
  readonly code: RejectionCode;
  /** Where the fault is found. */
  readonly foundAt: JudgementStep;
  change(context: BadTokenContext): TokenChange;
}

/** Names of the bad tokens that every provider refuses. */
export type BadTokenKind =
  | 'alg_none'
  | 'hmac_with_public_key'
  | 'wrong_key'
  | 'unknown_key'
  | 'tampered'
  | 'wrong_type'
  | 'critical_extension'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'no_audience'
  | 'expired'
  | 'no_expiry'
  | 'expiry_not_a_number'
  | 'expiry_in_milliseconds'
  | 'not_yet_valid'
  | 'issued_ahead'
  | 'no_subject'
  | 'no_client'
  | 'id_token';

const bad = (
  code: RejectionCode,
  foundAt: JudgementStep,
  change: TokenChange | ((context: BadTokenContext) => TokenChange),
): BadToken => ({
  code,
  foundAt,
  change: typeof change === 'function' ? change : () => change,
});

/** The bad tokens, each with the code that a provider answers. */
export const badTokens: Readonly<Record<BadTokenKind, BadToken>> = {
  alg_none: bad('signature_invalid', 'alg', { forge: 'unsigned' }),
  hmac_with_public_key: bad('signature_invalid', 'alg', { forge: 'hmac' }),
  wrong_key: bad('signature_invalid', 'signature', { signedBy: 'stranger' }),
  unknown_key: bad('signature_invalid', 'kid', {
    signedBy: 'stranger',
    header: { kid: 'never-published' },
  }),
  tampered: bad('signature_invalid', 'signature', { forge: 'tampered' }),
  wrong_type: bad('claims_invalid', 'typ', { header: { typ: 'dpop+jwt' } }),
  // RFC 7515 §4.1.11: who does not know a critical extension refuses the token.
  critical_extension: bad('token_malformed', 'crit', {
    header: { crit: ['https://example.com/ext'], 'https://example.com/ext': true },
  }),
  wrong_issuer: bad('issuer_unknown', 'iss', ({ issuer }) => ({
    claims: { iss: `${issuer}/other` },
  })),
  wrong_audience: bad('audience_mismatch', 'aud', {
    claims: { aud: 'https://other.example.com/mcp' },
  }),
  no_audience: bad('audience_mismatch', 'aud', { claims: { aud: undefined } }),
  expired: bad('token_expired', 'exp', ({ now }) => ({ claims: { exp: now - 3600 } })),
  no_expiry: bad('claims_invalid', 'exp', { claims: { exp: undefined } }),
  expiry_not_a_number: bad('claims_invalid', 'exp', ({ now }) => ({
    claims: { exp: `${now + 60}` },
  })),
  expiry_in_milliseconds: bad('claims_invalid', 'exp', ({ now }) => ({
    claims: { exp: (now + 60) * 1000 },
  })),
  not_yet_valid: bad('token_not_yet_valid', 'nbf', ({ now }) => ({ claims: { nbf: now + 3600 } })),
  issued_ahead: bad('token_not_yet_valid', 'iat', ({ now }) => ({ claims: { iat: now + 3600 } })),
  no_subject: bad('claims_invalid', 'claims', { claims: { sub: undefined } }),
  no_client: bad('claims_invalid', 'claims', { claims: { client_id: undefined } }),
  // An issuer that predates RFC 9068 has the same `typ` in all its tokens, so this is told by the claims.
  id_token: bad('claims_invalid', 'claims', {
    header: { typ: 'JWT' },
    claims: { nonce: 'n', scope: undefined },
  }),
};

/** Names of all bad tokens that are JWTs; {@link opaqueToken} is none. */
export const badTokenKinds = Object.keys(badTokens) as readonly BadTokenKind[];

/** What is no JWT at all, and has to be answered `token_malformed` by who knows no opaque tokens. */
export const opaqueToken = 'opaque-token-of-somebody';
