import { AuthError, ProviderUnavailableError } from '@portcullis/core';
import {
  type KeyQuery,
  type KeySource,
  type SignatureCheck,
  untilAborted,
} from '@portcullis/core/jwt';
import type { ScalekitClient } from '@scalekit-sdk/node';
import { exportJWK, type JWK } from 'jose';
import { sdkVerdict } from './sdk-verdict.js';

/**
 * The SDK's own part in it: from here it takes keys before it fetches any. Its options are two
 * timeouts: nothing that is public gives it keys, or bounds how it fetches them.
 */
interface KeyHolder {
  readonly coreClient: { keys: JWK[] };
}

/**
 * No place at all: an SDK that looked for keys itself would ask no name server and no proxy, and we
 * would see an outage.
 */
const NOWHERE = 'about:invalid';

/** Asks Scalekit's SDK whether a signature holds. */
export interface SdkSignatures extends SignatureCheck {
  /** Loads the SDK now, which takes a third of a second, rather than with the first token. */
  load(): Promise<void>;
}

/**
 * The SDK's judgement over signatures, with keys that we fetched.
 *
 * The SDK never fetches them itself: it keeps what it got for the life of a client, never asks
 * again for an unknown `kid`, is left broken by a page with status 200, follows redirects, and
 * takes documents of any size and keys of any kind. So a client lives as long as a key of one
 * generation of the key set: a set that is fetched anew brings new keys, and those new clients.
 *
 * Its options for issuer, audience and scopes stay unused: it skips the first two where they are
 * empty, and looks for scopes in one claim of one shape only. All claims are judged by
 * `createJwtVerifier`.
 */
export function sdkSignatures(keys: KeySource, timeoutMs: number): SdkSignatures {
  const clients = new WeakMap<CryptoKey, Promise<ScalekitClient>>();

  async function makeClient(key: CryptoKey, query: KeyQuery): Promise<ScalekitClient> {
    const { ScalekitClient } = await import('@scalekit-sdk/node');
    const client = new ScalekitClient(NOWHERE, '', '', { timeoutMs });
    const jwk: JWK = { ...(await exportJWK(key)), ...query, use: 'sig' };
    (client as unknown as KeyHolder).coreClient.keys = [jwk];
    return client;
  }

  function clientOf(key: CryptoKey, query: KeyQuery): Promise<ScalekitClient> {
    const known = clients.get(key);
    if (known) return known;
    const made = makeClient(key, query);
    clients.set(key, made);
    made.catch(() => clients.delete(key));
    return made;
  }

  return {
    async load() {
      await import('@scalekit-sdk/node');
    },
    async check(token, query, signal) {
      const found = await keys.find(query, signal);
      if (found.kind === 'no_key') return { kind: 'refused', detail: found.detail };
      const { freshFor } = found;
      const holds = {
        kind: 'holds',
        ...(freshFor === undefined ? {} : { freshFor }),
      } as const;
      try {
        // What it does needs no network, but that is the SDK's to keep.
        const client = clientOf(found.key, query);
        await untilAborted(
          client.then((made) => made.validateToken(token)),
          signal,
        );
        return holds;
      } catch (error) {
        if (AuthError.isInstance(error)) throw error;
        const verdict = sdkVerdict(error);
        if (verdict) return verdict.kind === 'holds' ? holds : verdict;
        // Its name alone: nobody knows what an error that is not known holds.
        const { name } = Object(error) as Partial<Error>;
        throw new ProviderUnavailableError(`The Scalekit SDK gave no verdict (${name}).`);
      }
    },
  };
}
