import { hkdfSync } from 'node:crypto';
import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** What a proof may be signed with (RFC 9449 §5.1). Asymmetric only. */
export const proofAlgorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const;

/** The longest proof that is looked at, in characters: one with a key of 4096 bits has about 2,500. */
const LONGEST_PROOF = 4096;

/** Whether a header is one proof in the form of a JWT. Two headers arrive joined by a comma, which no JWT has (RFC 9449 §4.3). */
export function isOneProof(header: string): boolean {
  return header.length <= LONGEST_PROOF && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(header);
}

/** The thumbprint (RFC 7638) of the key in a proof that has been checked; nothing where the request brought none. */
export async function provenKey(ctx: KoaContextWithOIDC): Promise<string | undefined> {
  const proof = ctx.get('DPoP');
  return proof === '' ? undefined : calculateJwkThumbprint(decodeProtectedHeader(proof).jwk ?? {});
}

/**
 * What nonces are made with, 32 bytes: all instances share it, and it changes with the cookie keys. A nonce of before is then answered
 * with a new one, like all that are too old.
 */
export function nonceSecret(activeCookieKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', activeCookieKey, '', 'portcullis dpop nonce', 32));
}
