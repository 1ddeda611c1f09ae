import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { LocalStore } from '../store/local-store.js';
import { storedOnce } from './stored-once.js';

/** The keys that tokens are signed with. */
export interface SigningKeys {
  /** Private, newest first: the first one signs. */
  readonly privateKeys: readonly JWK[];
  /** What the world may see (RFC 7517 §5). */
  readonly publicSet: { readonly keys: readonly JWK[] };
}

/** The members of an EC key that may be published. Named one by one: what is not named cannot leak. */
function publicPart({ kty, crv, x, y, kid, use, alg }: JWK): JWK {
  return { kty, crv, x, y, kid, use, alg } as JWK;
}

/** Loads the signing keys, or makes the first one: ES256, named by its thumbprint (RFC 7638). */
export async function loadSigningKeys(store: LocalStore): Promise<SigningKeys> {
  const { keys } = await storedOnce(store, 'signing', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(privateKey);
    return { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'ES256' }] };
  });
  const privateKeys = keys as readonly JWK[];
  return { privateKeys, publicSet: { keys: privateKeys.map(publicPart) } };
}
