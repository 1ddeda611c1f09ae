import { randomBytes } from 'node:crypto';
import { createFakeSigner, type FakeSigner, type TokenChange } from '@portcullis/core/testing';
import type { TenantApi } from './tenant.js';

type PublishedKey = ReturnType<FakeSigner['jwks']>['keys'][number];
type Algorithm = TenantApi['signing_alg'];

/**
 * The keys of a tenant: the one that signs, the next one, which is published already, and those
 * before.
 */
export interface TenantKeys {
  /**
   * A JWT in the algorithm of an API. An API with HS256 has a secret, and nothing of it is
   * published.
   */
  sign(
    algorithm: Algorithm,
    claims: Readonly<Record<string, unknown>>,
    change: Omit<TokenChange, 'claims'>,
  ): Promise<string>;
  /** The tenant's own keys. */
  own(): readonly PublishedKey[];
  /** Own keys and whatever {@link publish} added. */
  jwks(): { readonly keys: readonly PublishedKey[] };
  /** The next key signs from now on. The one before stays published unless `withdraw` is set. */
  rotate(options?: { readonly withdraw?: boolean }): Promise<void>;
  publish(...keys: readonly PublishedKey[]): void;
  /** The tenant is gone: its keys are free for another one. */
  close(): void;
}

/**
 * Signers of tenants that were closed. An RSA key takes a while, and tests start many tenants one
 * after the other.
 */
const spare: FakeSigner[] = [];

/**
 * Ids as Auth0 makes them; `x5t` names a certificate, which is left out together with its `x5c`.
 */
const makeSigner = (algorithm: 'RS256' | 'PS256'): Promise<FakeSigner> =>
  createFakeSigner({ algorithm, keyId: () => randomBytes(16).toString('base64url').slice(0, 21) });

const nextSigner = async (): Promise<FakeSigner> => spare.pop() ?? makeSigner('RS256');

/** Brings the first two keys: no other open tenant has them. */
export async function createTenantKeys(): Promise<TenantKeys> {
  let [current, next] = await Promise.all([nextSigner(), nextSigner()]);
  let former: readonly FakeSigner[] = [];
  let withdrawn: readonly FakeSigner[] = [];
  let published: readonly PublishedKey[] = [];
  // Most tenants have no API with PS256.
  let pss: FakeSigner | undefined;

  const own = () =>
    [current, next, ...former, ...(pss ? [pss] : [])].flatMap((signer) => signer.jwks().keys);

  return {
    async sign(algorithm, claims, change) {
      if (algorithm === 'HS256') return current.sign(claims, { forge: 'hmac', ...change });
      if (algorithm === 'RS256') return current.sign(claims, change);
      pss ??= await makeSigner('PS256');
      return pss.sign(claims, change);
    },
    own,
    jwks: () => ({ keys: [...own(), ...published] }),
    async rotate({ withdraw = false } = {}) {
      if (withdraw) withdrawn = [current, ...withdrawn];
      else former = [current, ...former];
      current = next;
      next = await nextSigner();
    },
    publish(...keys) {
      published = [...published, ...keys];
    },
    close: () => void spare.push(current, next, ...former, ...withdrawn),
  };
}
