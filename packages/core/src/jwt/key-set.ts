import { createLocalJWKSet, errors, type JSONWebKeySet, type JWK } from 'jose';
import type { KeyAnswer, KeyQuery } from './key-source.js';

/** The most keys that one issuer may publish. Large issuers publish fewer than twenty. */
const MAX_KEYS = 100;

/** The usable public signing keys of one issuer at one time. */
export interface KeySet {
  /** How many keys can verify a signature. */
  readonly size: number;
  /** One sentence for each key that was left out, naming neither key material nor `kid`. */
  readonly ignored: readonly string[];
  /** Whether any usable key has this id. */
  knows(kid: string | undefined): boolean;
  find(query: KeyQuery): Promise<KeyAnswer>;
  /** Whether every key of this set is also in the other one. */
  within(other: KeySet): boolean;
  /** Names each key by id, use and material. */
  readonly identities: ReadonlySet<string>;
}

/** Members that only a private or a symmetric key has (RFC 7518 §6.2.2, §6.3.2, §6.4). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
/** 2048 bits are 256 bytes, which are 342 characters of base64url. */
const MIN_MODULUS_CHARACTERS = 342;

/** Why a key cannot check signatures, as the end of a sentence; `undefined` when it can. */
export function keyFault(jwk: JWK): string | undefined {
  if (jwk.kty === 'oct') return 'is symmetric';
  if (secretMembers.some((member) => Object.hasOwn(jwk, member))) return 'holds private material';
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC' && jwk.kty !== 'OKP') return 'has an unknown type';
  if (jwk.kty === 'RSA' && (typeof jwk.n !== 'string' || jwk.n.length < MIN_MODULUS_CHARACTERS)) {
    return 'is shorter than 2048 bits';
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'is not for signatures';
  return undefined;
}

const identity = ({ kid, alg, kty, crv, n, e, x, y }: JWK): string =>
  JSON.stringify([kid, alg, kty, crv, n, e, x, y]);

/**
 * Reads a JWK Set and keeps the public signing keys.
 *
 * @returns The set, or a sentence that says why the document is not one or is of no use. Never throws.
 * @see RFC 7517 §5
 */
export function readKeySet(document: unknown): KeySet | string {
  const keys = (document as { keys?: unknown } | null | undefined)?.keys;
  if (!Array.isArray(keys)) return 'The document is not a JWK Set.';
  if (keys.length > MAX_KEYS) return `The JWK Set has more than ${MAX_KEYS} keys.`;
  const usable: JWK[] = [];
  const ignored: string[] = [];
  for (const [index, jwk] of keys.entries()) {
    const reason =
      typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)
        ? 'is not an object'
        : keyFault(jwk as JWK);
    if (reason === undefined) usable.push(jwk as JWK);
    else ignored.push(`Key ${index + 1} of the set ${reason}.`);
  }
  if (usable.length === 0) return ['The JWK Set has no usable key.', ...ignored].join(' ');
  return toKeySet({ keys: usable }, ignored);
}

function toKeySet(jwks: JSONWebKeySet, ignored: readonly string[]): KeySet {
  const local = createLocalJWKSet(jwks);
  const kids = new Set(jwks.keys.map(({ kid }) => kid));
  const identities = new Set(jwks.keys.map(identity));
  return {
    size: jwks.keys.length,
    ignored,
    identities,
    knows: (kid) => kids.has(kid),
    within: (other) => [...identities].every((each) => other.identities.has(each)),
    async find({ alg, kid }) {
      try {
        return { kind: 'key', key: await local({ alg, ...(kid === undefined ? {} : { kid }) }) };
      } catch (error) {
        if (error instanceof errors.JWKSMultipleMatchingKeys) {
          return { kind: 'no_key', detail: 'Several published keys fit the token.' };
        }
        if (error instanceof errors.JWKSNoMatchingKey) {
          return { kind: 'no_key', detail: 'No published key fits the token.' };
        }
        // The published key itself cannot be imported: a fault of the set, met only by tokens that name it.
        return { kind: 'no_key', detail: 'The published key that the token names is unusable.' };
      }
    },
  };
}
