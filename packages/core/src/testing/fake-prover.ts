import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { createFakeSigner, type FakeAlgorithm } from './fake-signer.js';
import type { TokenChange } from './token-change.js';

/** How a {@link FakeProver} is set up. */
export interface FakeProverOptions {
  /** Default `ES256`. */
  readonly algorithm?: FakeAlgorithm;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** The request that a proof is for. */
export interface ProvenRequest {
  /** Default `POST`. */
  readonly method?: string;
  /** Query and fragment are left out of the proof. */
  readonly url: string;
  /** The access token; without one the proof is for an authorization server. */
  readonly token?: string;
  readonly nonce?: string;
}

/** A client with a DPoP key of its own. */
export interface FakeProver {
  /** For `cnf.jkt` of the tokens that are to be bound to it. */
  readonly jkt: string;
  /** A good proof, save for what is changed. A claim or header of `undefined` is left out. */
  prove(request: ProvenRequest, change?: TokenChange): Promise<string>;
}

/** Generates a key, and real proofs with it (RFC 9449 §4.2), good and bad. */
export async function createFakeProver(options: FakeProverOptions = {}): Promise<FakeProver> {
  const { algorithm = 'ES256', clock = Date.now } = options;
  const publicMembers = ({ kid: _, use: __, alg: ___, ...jwk }: JWK): JWK => jwk;
  const signer = await createFakeSigner({ algorithm, publicMembers });
  const [jwk = {} as JWK] = signer.jwks().keys;
  return {
    jkt: await calculateJwkThumbprint(jwk),
    prove({ method = 'POST', url, token, nonce }, { claims, header, ...change } = {}) {
      const { origin, pathname } = new URL(url);
      const ath = token && createHash('sha256').update(token).digest('base64url');
      const good = {
        ...{ jti: randomUUID(), htm: method, htu: origin + pathname },
        ...{ iat: Math.floor(clock() / 1000), ath, nonce },
      };
      return signer.sign(
        { ...good, ...claims },
        { ...change, header: { kid: undefined, typ: 'dpop+jwt', jwk, ...header } },
      );
    },
  };
}
