import { randomUUID } from 'node:crypto';
import { createLocalKeys, type KeySource } from '@portcullis/core/jwt';
import type { JWK } from 'jose';
import type { IssuerAudit } from '../issuer-audit.js';
import type { LocalStore } from '../store/local-store.js';
import { makeCookieKey } from './cookie-keys.js';
import { type KeyState, pendingIn, type RingKey, type RingView, stateOf } from './key-ring.js';
import {
  makeSigningKey,
  publicSet,
  type SigningAlgorithm,
  type SigningJwk,
} from './signing-keys.js';
import {
  CHECK_SECONDS,
  createStoredRing,
  SKEW_SECONDS,
  type StoredRingOptions,
} from './stored-ring.js';

/** A signing key, without its secret. */
export interface SigningKeyInfo {
  /** Its `kid`, in tokens and in the published set. */
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  /** Only the active one signs; all three are published, and all three verify. */
  readonly state: KeyState;
  /** Seconds since the epoch at which it began to sign, or will. */
  readonly signsFrom: number;
}

/** What an operator can do with the keys. Every instance on the same store follows within 5 seconds. */
export interface KeyAdministration {
  list(): Promise<readonly SigningKeyInfo[]>;
  /**
   * Publishes a new signing key and a new cookie key now; they take over in an hour, when every cached key set has them. Where such keys
   * are pending already it makes no others. Returns the signing key that comes next.
   */
  rotate(): Promise<SigningKeyInfo>;
  /**
   * For a key that leaked: tokens that it signed are refused from now on, and another key signs at once, although a cached key set
   * may not have it yet. Returns `false` for a key that is not there.
   */
  withdraw(keyId: string): Promise<boolean>;
}

/** The keys of the issuer at one moment. */
export interface CurrentKeys {
  readonly signing: RingView<SigningJwk>;
  readonly cookies: RingView<string>;
}

/** The keys of the issuer. */
export interface IssuerKeys extends KeyAdministration {
  /** @throws {ProviderUnavailableError} when the store cannot be asked. */
  current(): Promise<CurrentKeys>;
  /** The published key set. */
  published(): Promise<{ readonly keys: readonly JWK[] }>;
  /** For verifying: of an unknown key id the store is asked, but only once in 5 seconds. */
  readonly source: KeySource;
  stop(): void;
}

/** Settings of {@link createIssuerKeys}. */
export interface IssuerKeysOptions {
  readonly store: LocalStore;
  readonly audit: IssuerAudit;
  readonly algorithm: SigningAlgorithm;
  /** How long a key signs before the next one takes over. */
  readonly rotationDays: number;
  /** Seconds since the epoch. Default: the clock of this machine. */
  readonly now?: () => number;
}

/** Seconds for which a new key is published before it signs: twelve times what the key set may be cached for. */
const PUBLISHED_SECONDS = 3600;
/** The longest lifetime that an access token can be given. */
const LONGEST_TOKEN = 3600;
/** The life of a session and of a sign-in in progress. */
const LONGEST_COOKIE = 12 * 3600 + 600;
const DAY = 86_400;

/**
 * Signing keys and cookie keys, shared by all instances on one store, rotated on schedule. A key is published for an hour before it
 * signs, and verifies until the last token or cookie that it signed has expired.
 */
export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const { store, audit, algorithm, rotationDays, now = () => Date.now() / 1000 } = options;
  const listeners = new Set<() => void>();
  const shared = {
    store,
    publishedSeconds: PUBLISHED_SECONDS,
    signsSeconds: rotationDays * DAY,
    now,
  } satisfies Partial<StoredRingOptions<unknown>>;
  const signing = createStoredRing<SigningJwk>({
    ...shared,
    name: 'signing',
    keptSeconds: LONGEST_TOKEN + SKEW_SECONDS,
    make: () => makeSigningKey(algorithm),
    fits: ({ material }) => material.alg === algorithm,
    added: ({ id, material, signsFrom }) =>
      audit.record(randomUUID(), 'key_rotated', {
        detail: `${material.alg} key ${id} signs from ${new Date(signsFrom * 1000).toISOString()}`,
      }),
    withdrawn: () => {
      for (const listen of listeners) listen();
    },
  });
  const cookies = createStoredRing<string>({
    ...shared,
    name: 'cookies',
    keptSeconds: LONGEST_COOKIE + SKEW_SECONDS,
    make: makeCookieKey,
    fits: () => true,
    added: async () => {},
    withdrawn: () => {},
  });
  let looked: { readonly view: RingView<SigningJwk>; readonly keys: KeySource } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** Keys whose withdrawal has failed: it may have happened all the same. */
  const unsure = new Set<string>();

  /** Not only what is old: a look at what came in between would leave a withdrawal unheard until the next one. */
  const look = () => Promise.all([signing.reload(), cookies.reload()]).catch(() => {});

  async function current(): Promise<CurrentKeys> {
    const [signingView, cookieView] = await Promise.all([signing.current(), cookies.current()]);
    // Whoever holds a remembered answer is told of a withdrawal although no request comes by.
    if (!stopped) timer ??= setInterval(() => void look(), CHECK_SECONDS * 1000).unref();
    return { signing: signingView, cookies: cookieView };
  }

  function keysOf(view: RingView<SigningJwk>): KeySource {
    if (looked?.view !== view) looked = { view, keys: createLocalKeys(publicSet(view)) };
    return looked.keys;
  }

  const infoIn =
    (view: RingView<SigningJwk>) =>
    (key: RingKey<SigningJwk>): SigningKeyInfo => ({
      keyId: key.id,
      algorithm: key.material.alg,
      state: stateOf(view, key),
      signsFrom: key.signsFrom,
    });

  return {
    current,
    published: async () => publicSet((await current()).signing),
    source: {
      async find(query, signal) {
        const answer = await keysOf((await current()).signing).find(query, signal);
        if (answer.kind === 'key') return answer;
        return keysOf(await signing.refresh()).find(query, signal);
      },
      onRetired(listen) {
        listeners.add(listen);
        return () => listeners.delete(listen);
      },
    },
    async list() {
      const view = (await current()).signing;
      return view.live.map(infoIn(view));
    },
    async rotate() {
      await Promise.all([signing.rotate(), cookies.rotate()]);
      const view = await signing.current();
      return infoIn(view)(pendingIn(view) ?? view.active);
    },
    async withdraw(keyId) {
      const { live } = (await current()).signing;
      try {
        const known = (await signing.withdraw(keyId)) || unsure.has(keyId);
        if (known) await audit.record(randomUUID(), 'key_withdrawn', { detail: `key ${keyId}` });
        unsure.delete(keyId);
        return known;
      } catch (error) {
        if (live.some(({ id }) => id === keyId)) unsure.add(keyId);
        throw error;
      }
    },
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
