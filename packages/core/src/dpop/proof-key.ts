import { base64url, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { equalsSafely } from '../equals-safely.js';
import { keyFault } from '../jwt/key-set.js';
import { parseJsonObject } from '../jwt/strict-json.js';
import { ownCopy } from '../own-copy.js';
import type { ProofAnswer } from '../proof/proof-checker.js';
import { recent } from '../provider/recent.js';
import { unproven } from './unproven.js';

/** What a proof's signature is checked with. */
interface ProofKey {
  readonly kind: 'key';
  readonly alg: string;
  readonly jkt: string;
  readonly key: CryptoKey;
}

type Unproven = Extract<ProofAnswer, { kind: 'unproven' }>;

/** A client writes one header into all of its proofs, so its key is imported once. */
const KNOWN_HEADERS = 1000;

/** Finds the key of a proof, provided that it is the one that the token is bound to. */
export type ProofKeys = (encodedHeader: string, jkt: string) => Promise<ProofKey | Unproven>;

/**
 * Reads the headers of proofs: `typ`, `alg` and an embedded public `jwk`. The thumbprint is compared before the key is used for
 * anything, so that nobody but the holder of a bound token chooses what we compute.
 *
 * @see RFC 9449 §4.2, §4.3, §6.1
 */
export function createProofKeys(algorithms: readonly string[]): ProofKeys {
  const known = recent<ProofKey>(KNOWN_HEADERS);

  async function read(encoded: string, jkt: string): Promise<ProofKey | Unproven> {
    const header = parseJsonObject(base64url.decode(encoded));
    if (!header) return unproven('The header of the proof is not one JSON object.');
    const { typ, alg, jwk } = header;
    if (typ !== 'dpop+jwt') return unproven('The "typ" header of the proof is not dpop+jwt.');
    // RFC 7515 §4.1.11: we understand no extension, so none may be critical. `b64` changes what is signed.
    if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) {
      return unproven('The header of the proof has an extension that is not supported.');
    }
    if (typeof alg !== 'string' || !algorithms.includes(alg)) {
      return unproven('The "alg" header of the proof is not an allowed algorithm.');
    }
    if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) {
      return unproven('The "jwk" header of the proof is not a key.');
    }
    const fault = keyFault(jwk);
    if (fault) return unproven(`The key in the proof ${fault}.`);
    try {
      if (!equalsSafely(await calculateJwkThumbprint(jwk as JWK), jkt)) return anotherKey;
      const key = await importJWK(jwk as JWK, alg);
      if (key instanceof Uint8Array) return unproven('The key in the proof is symmetric.');
      return { kind: 'key', alg, jkt, key };
    } catch {
      return unproven('The key in the proof is unusable.');
    }
  }

  return async (encoded, jkt) => {
    const seen = known.get(encoded);
    if (seen) return equalsSafely(seen.jkt, jkt) ? seen : anotherKey;
    const found = await read(encoded, jkt);
    if (found.kind === 'key') known.set(ownCopy(encoded), found);
    return found;
  };
}

const anotherKey: Unproven = {
  kind: 'unproven',
  error: 'invalid_token',
  detail: 'The token is bound to another key than that of the proof.',
};
