import { base64url } from 'jose';
import { equalsSafely } from '../equals-safely.js';
import type { ProofContext } from '../proof/proof-checker.js';
import { sha256 } from '../sha256.js';
import { normalisedTarget } from './target-uri.js';

/** Seconds that `iat` may be away from our clock, to either side (SEP-1932). */
export const ISSUED_WITHIN = 300;
const MAX_PROOF_ID = 256;

/** The claims of a proof that fits its request. */
export interface ProofClaims {
  readonly kind: 'claims';
  readonly iat: number;
  readonly jti: string;
  readonly nonce: unknown;
}

/**
 * Judges what a proof says: `htm`, `htu`, `ath`, `iat`, `jti`. Does NOT look at `exp` and `nbf`, which a proof has none of, and at no
 * nonce. The URI to fit is made of the configured resource and the path of the request, never of `Host` or `X-Forwarded-*`.
 *
 * @returns The claims, or the first fault as a sentence.
 * @see RFC 9449 §4.3
 */
export async function judgeProofClaims(
  claims: Readonly<Record<string, unknown>>,
  { request, token, resource, now }: Omit<ProofContext, 'jkt'>,
): Promise<ProofClaims | string> {
  const { htm, htu, ath, iat, jti, nonce } = claims;
  if (htm !== request.method) return 'The proof is for another method.';
  const target = new URL(resource).origin + new URL(request.url).pathname;
  const meant = typeof htu === 'string' ? normalisedTarget(htu) : undefined;
  if (meant === undefined || meant !== normalisedTarget(target)) {
    return 'The proof is for another URI.';
  }
  if (typeof ath !== 'string' || !equalsSafely(ath, await accessTokenHash(token.value))) {
    return 'The proof is for another token.';
  }
  if (typeof iat !== 'number' || !(Math.abs(now - iat) <= ISSUED_WITHIN)) {
    return 'The proof was not made in the last five minutes.';
  }
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_PROOF_ID) {
    return `The proof has no "jti" of at most ${MAX_PROOF_ID} characters.`;
  }
  return { kind: 'claims', iat, jti, nonce };
}

/** RFC 9449 §4.2: base64url of the SHA-256 of the token. */
async function accessTokenHash(token: string): Promise<string> {
  const pairs = (await sha256(token)).match(/../g) ?? [];
  return base64url.encode(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)));
}
