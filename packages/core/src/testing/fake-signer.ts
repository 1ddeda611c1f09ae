import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK } from 'jose';
import type { TokenChange } from './token-change.js';

/** Algorithms that a {@link FakeSigner} has keys for. */
export type FakeAlgorithm = 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';

/** How a {@link FakeSigner} is set up. */
export interface FakeSignerOptions {
  /** Default `ES256`. RSA keys have 2,048 bits. */
  readonly algorithm?: FakeAlgorithm;
  /** A private key with its `kid`, to sign with first. Default: a new one. */
  readonly privateKey?: JWK;
  /** Names each new key. Default `key-1`, `key-2` … */
  keyId?(count: number): string;
  /** What is published of a key that already has `kid`, `use` and `alg`. Default: just that. */
  publicMembers?(jwk: JWK): JWK;
}

/** Real keys, and signatures that hold or do not. It asks nobody before it signs. */
export interface FakeSigner {
  readonly algorithm: FakeAlgorithm;
  /** Names the key that signs now. */
  readonly keyId: string;
  /** The JWK Set as it is published now. */
  jwks(): { readonly keys: readonly JWK[] };
  /**
   * A compact JWS. A claim or header of `undefined` is left out.
   *
   * @param claims - All of them: nothing is added.
   * @param change.header - Beside `alg` and `kid`, which are added, or in place of them.
   */
  sign(
    claims: Readonly<Record<string, unknown>>,
    change?: Omit<TokenChange, 'claims'>,
  ): Promise<string>;
  /** Signs any text as a JWS with the current key; header and payload go out exactly as they are given. */
  signText(header: string, payload: string): Promise<string>;
  /** Signs with a new key from now on. The old one stays published unless `withdraw` is set. */
  rotate(options?: { readonly withdraw?: boolean }): Promise<void>;
  /** Published beside our own keys, for sets that hold what they should not. */
  publish(...keys: readonly JWK[]): void;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

/** What WebCrypto wants to know beside the key (RFC 7518 §3.1, RFC 8037 §3.1). */
const parameters = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', hash: 'SHA-384' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  EdDSA: { name: 'Ed25519' },
} as const;

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const encodeJson = (value: unknown): string => encode(JSON.stringify(value));

/** Generates a key, and a new one at each rotation. */
export async function createFakeSigner(options: FakeSignerOptions = {}): Promise<FakeSigner> {
  const { algorithm = 'ES256', keyId = (count) => `key-${count}` } = options;
  const { publicMembers = (jwk) => jwk } = options;
  let made = 0;

  async function makeKey(): Promise<SigningKey> {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    made += 1;
    return toSigningKey({ ...(await exportJWK(privateKey)), kid: keyId(made) });
  }

  async function toSigningKey(given: JWK): Promise<SigningKey> {
    const { kid = '', kty, crv, n, e, x, y } = given;
    const members = { kty, crv, n, e, x, y, kid, use: 'sig', alg: algorithm };
    const jwk: JWK = JSON.parse(JSON.stringify(members));
    const [privateKey, publicKey] = await Promise.all([
      importJWK({ ...given, alg: algorithm }, algorithm),
      importJWK(jwk, algorithm, { extractable: true }),
    ]);
    return {
      kid,
      privateKey: privateKey as CryptoKey,
      publicKey: publicKey as CryptoKey,
      jwk: publicMembers(jwk),
    };
  }

  let current = options.privateKey ? await toSigningKey(options.privateKey) : await makeKey();
  let published: readonly JWK[] = [current.jwk];
  let stranger: CryptoKey | undefined;

  async function strangersKey(): Promise<CryptoKey> {
    stranger ??= (await generateKeyPair(algorithm)).privateKey;
    return stranger;
  }

  async function signed(input: string, key: CryptoKey): Promise<string> {
    const bytes = new TextEncoder().encode(input);
    const signature = await crypto.subtle.sign(parameters[algorithm], key, bytes);
    return `${input}.${Buffer.from(signature).toString('base64url')}`;
  }

  /** The classic: the public key, which everybody has, taken as a shared secret. */
  async function signedWithPublicKey(input: string): Promise<string> {
    const { createHmac } = await import('node:crypto');
    const secret = await exportSPKI(current.publicKey);
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }

  return {
    algorithm,
    get keyId() {
      return current.kid;
    },
    jwks: () => ({ keys: published }),

    async sign(claims, { header = {}, signedBy = 'issuer', forge } = {}) {
      const key = signedBy === 'issuer' ? current.privateKey : await strangersKey();
      const input = (alg: string) =>
        `${encodeJson({ alg, kid: current.kid, ...header })}.${encodeJson(claims)}`;
      switch (forge) {
        case 'unsigned':
          // An empty third part is refused for its shape already; this reaches the question of `alg`.
          return `${input('none')}.AA`;
        case 'hmac':
          return signedWithPublicKey(input('HS256'));
        case 'tampered': {
          const [head, , signature] = (await signed(input(algorithm), key)).split('.');
          const widened = { ...claims, scope: 'mcp:exec:workflows:*', tampered: true };
          return `${head}.${encodeJson(widened)}.${signature}`;
        }
        default:
          return signed(input(algorithm), key);
      }
    },
    signText: (header, payload) =>
      signed(`${encode(header)}.${encode(payload)}`, current.privateKey),
    async rotate({ withdraw = false } = {}) {
      const previous = current;
      current = await makeKey();
      const kept = published.filter((jwk) => !withdraw || jwk !== previous.jwk);
      published = [...kept, current.jwk];
    },
    publish(...keys) {
      published = [...published, ...keys];
    },
  };
}
