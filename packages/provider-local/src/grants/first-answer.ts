import { setTimeout as sleep } from 'node:timers/promises';
import { ISSUED_TOKEN } from '../engine/issued-token.js';
import { insertFirst } from '../store/insert-first.js';
import type { LocalStore, StoredRecord } from '../store/local-store.js';

type Payload = StoredRecord['payload'];

/**
 * The one answer that each code and each refresh token gets. Keeping it is what decides: whoever used a token and then failed, or
 * whose process died, has kept none, and the next try goes on from there.
 */
export interface FirstAnswers {
  /** What was kept for a token. */
  read(token: string): Promise<Payload | undefined>;
  /** The same, but waits as long as the request that has used the token may be at work. */
  await(token: string): Promise<Payload | undefined>;
  /** Whether a token that was used, and for which no answer is kept, may be used once more. */
  mayRetry(token: string): Promise<boolean>;
  /** ATOMIC: keeps the answer before it is sent. `false` where another one was first: what was made for this one is removed then. */
  keep(token: string, payload: Payload, made: Made): Promise<boolean>;
}

/** What was issued for a token: the ids of the records. */
interface Made {
  /** The `jti` of the access token. */
  readonly tokenId: string;
  readonly refreshToken: string | undefined;
}

/** Longer than any request takes: whoever answers late must find what was answered before. */
const KEPT_SECONDS = 300;
/** For how long a token that was used in vain may be used again: what was answered meanwhile is still kept then. */
const RETRY_SECONDS = 240;
/** How long another request is waited for, in milliseconds. */
const WAIT_MS = 1000;
const POLL_MS = 25;

const now = (): number => Date.now() / 1000;

/**
 * Binds them to a store.
 *
 * @param usedKind - The records that are used up.
 */
export function createFirstAnswers(
  store: LocalStore,
  usedKind: 'AuthorizationCode' | 'RefreshToken',
): FirstAnswers {
  const kind = usedKind === 'RefreshToken' ? 'RefreshAnswer' : 'CodeAnswer';
  const read = async (token: string) => (await store.read(kind, token))?.payload;
  const usedAt = async (token: string) => (await store.read(usedKind, token))?.consumedAt;

  return {
    read,
    async await(token) {
      const used = (await usedAt(token)) ?? 0;
      // Times of use are whole seconds, and of a clock that may be another machine's.
      const isFresh = () => now() < used + 1 + WAIT_MS / 1000;
      const until = performance.now() + WAIT_MS;
      for (;;) {
        const answer = await read(token);
        if (answer || performance.now() >= until || !isFresh()) return answer;
        await sleep(POLL_MS);
      }
    },
    async mayRetry(token) {
      const used = await usedAt(token);
      return used !== undefined && now() < used + RETRY_SECONDS;
    },
    async keep(token, payload, { tokenId, refreshToken }) {
      const expiresAt = Math.floor(now()) + KEPT_SECONDS;
      if (await insertFirst(store, kind, token, expiresAt, payload)) return true;
      await Promise.all([
        ...(refreshToken === undefined ? [] : [store.remove('RefreshToken', refreshToken)]),
        store.remove(ISSUED_TOKEN, tokenId),
      ]);
      return false;
    },
  };
}
