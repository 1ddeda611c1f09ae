import {
  createFakeIssuer,
  createFakeSigner,
  type FakeAlgorithm,
  type TokenChange,
} from '@portcullis/core/testing';
import { createKey, type PrivateKey } from './key-file.js';

/** An issuer whose private key is in the hands of the suite. The server under test has to trust it. */
export interface ConformanceIssuer {
  readonly issuer: string;
  /** Signs claims as they are; nothing is added but `alg`, `kid` and `typ: at+jwt`, which the change may replace. */
  sign(
    claims: Readonly<Record<string, unknown>>,
    change?: Omit<TokenChange, 'claims'>,
  ): Promise<string>;
  /** Signs any text: header and payload go out exactly as they are given. */
  signText(header: string, payload: string): Promise<string>;
  /** Names the key that signs. */
  readonly keyId: string;
  readonly algorithm: FakeAlgorithm;
  /** What the server under test asks of this issuer. Absent where the issuer runs elsewhere. */
  readonly watch?: IssuerWatch;
  close(): Promise<void>;
}

/** Requests that reached the issuer. */
export interface IssuerWatch {
  /** For the key set. */
  keyFetches(): number;
  /** A URL that no honest server ever asks for. */
  readonly bait: string;
  baitTaken(): number;
}

/** How {@link startIssuer} sets up its issuer. */
export interface StartIssuerOptions {
  /** The port of 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** Default `ES256`. */
  readonly algorithm?: FakeAlgorithm;
  /** Default: a new one. */
  readonly privateKey?: PrivateKey;
}

/** A fake issuer fills in what is not named. */
const nothing = {
  ...{ iss: undefined, aud: undefined, sub: undefined, client_id: undefined, jti: undefined },
  ...{ iat: undefined, exp: undefined, scope: undefined },
};
const BAIT = '/bait/keys.json';

/**
 * Starts an issuer on loopback, with metadata (RFC 8414, OpenID Connect Discovery) and a key set. It asks nobody before
 * it mints, so nothing but a server under test may trust it.
 */
export async function startIssuer(options: StartIssuerOptions = {}): Promise<ConformanceIssuer> {
  const { port = 0, algorithm = 'ES256', privateKey = await createKey(algorithm) } = options;
  const fake = await createFakeIssuer({ port, algorithm, privateKey });
  return {
    issuer: fake.issuer,
    algorithm,
    keyId: String(privateKey.kid),
    sign: (claims, change = {}) => fake.mint({ ...change, claims: { ...nothing, ...claims } }),
    signText: fake.sign,
    watch: {
      keyFetches: () => fake.fetches.keys,
      bait: `${fake.issuer}${BAIT}`,
      baitTaken: () => fake.requests.filter(({ path }) => path === BAIT).length,
    },
    close: fake.close,
  };
}

/** An issuer that runs elsewhere and publishes the public half of this key. Nothing is started. */
export async function externalIssuer(
  issuer: string,
  { privateKey, algorithm = 'ES256' }: { privateKey: PrivateKey; algorithm?: FakeAlgorithm },
): Promise<ConformanceIssuer> {
  const signer = await createFakeSigner({ algorithm, privateKey });
  return {
    issuer,
    algorithm,
    keyId: signer.keyId,
    sign: (claims, { header, ...change } = {}) =>
      signer.sign(claims, { ...change, header: { typ: 'at+jwt', ...header } }),
    signText: signer.signText,
    close: async () => {},
  };
}
