import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { RingKey, RingView } from './key-ring.js';

/** Algorithms that access tokens can be signed with (RFC 7518 §3.1, RFC 8037 §3.1). */
export const signingAlgorithms = ['ES256', 'EdDSA', 'RS256'] as const;

/** What access tokens are signed with. */
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A private key as a JWK, with its `kid`, `use` and `alg`. */
export interface SigningJwk extends JWK {
  readonly alg: SigningAlgorithm;
  readonly kid: string;
}

/** Makes a key pair, named by its thumbprint (RFC 7638). RS256 has 2048 bits (RFC 7518 §3.3). */
export async function makeSigningKey(
  alg: SigningAlgorithm,
): Promise<Pick<RingKey<SigningJwk>, 'id' | 'material'>> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const id = await calculateJwkThumbprint(jwk);
  return { id, material: { ...jwk, kid: id, use: 'sig', alg } };
}

/** The members of a key that may be published. Named one by one: what is not named cannot leak. */
const publicMembers = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'use', 'alg'] as const;

/** What the world may see of the keys (RFC 7517 §5). */
export function publicSet({ live }: RingView<SigningJwk>): { readonly keys: readonly JWK[] } {
  const keys = live.map(({ material }) =>
    Object.fromEntries(
      publicMembers
        .filter((name) => material[name] !== undefined)
        .map((name) => [name, material[name]]),
    ),
  );
  return { keys: keys as readonly JWK[] };
}
