import { hkdfSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderUnavailableError } from '@portcullis/core';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { ISSUED_TOKEN } from '../engine/issued-token.js';
import { provenKey } from '../proof/proof-key.js';
import type { Settings } from '../settings.js';
import { createSealing } from '../store/sealing.js';

/** A refresh token as the engine holds it while it looks at a request. */
interface PresentedRefreshToken {
  readonly jti: string;
  readonly clientId?: string | undefined;
  consumed?: unknown;
}

/** What a refresh was answered with. */
export interface RefreshAnswer {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What was asked for beside the token. Another wish is another request, and no repetition. */
  readonly wish: string;
  /** The `jti` of the access token. */
  readonly tokenId: string;
  readonly body: TokenBody;
}

interface TokenBody {
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly scope?: string;
}

/**
 * A few seconds in which a used refresh token is answered with the same successor again, since answers get lost and clients send a
 * request twice. Ends as soon as the successor was used; then a second use counts as theft again.
 *
 * @see OAuth 2.1 §4.3.1
 */
export interface RefreshGrace {
  /** Lets the engine go on with a used token as long as its grace lasts: client, binding, person and scope are then checked as ever. */
  reopen(token: PresentedRefreshToken): Promise<void>;
  /**
   * Asked when a token turns out to be used: waits for the answer that it was used for.
   *
   * @returns Whether to make that answer now, since whoever used the token has not.
   */
  mayAnswer(token: string): Promise<boolean>;
  /** What the request that the engine has refused is to be answered with again. */
  repetition(ctx: KoaContextWithOIDC): RefreshAnswer | undefined;
  /** Makes an answer the only one that this token ever has. Where another one came first, that one counts. */
  settle(ctx: KoaContextWithOIDC, answer: RefreshAnswer): Promise<RefreshAnswer>;
}

const KIND = 'RefreshAnswer';
/** Longer than any request takes: whoever answers late must find what was answered before. */
const KEPT_SECONDS = 300;
/** How long the answer of the request that used the token is waited for, in milliseconds. */
const WAIT_MS = 1000;
const POLL_MS = 25;

const seconds = (): number => Date.now() / 1000;

/** What a refresh request asks for beside its token, and for which key: what is bound to one is of no use to another. */
export async function wishOf(ctx: KoaContextWithOIDC): Promise<string> {
  const { scope = null, resource = null } = ctx.oidc.params ?? {};
  return JSON.stringify([scope, resource, (await provenKey(ctx)) ?? null]);
}

/** Keeps answers in the store, sealed with what only the presented token yields: a copy of the store opens none. */
export function createRefreshGrace(settings: Settings): RefreshGrace | undefined {
  const { store, refreshGraceSeconds } = settings;
  const repetitions = new WeakMap<object, RefreshAnswer>();
  if (refreshGraceSeconds === 0) return undefined;

  async function answerTo(token: string, clientId: string): Promise<RefreshAnswer | undefined> {
    const record = await store.read(KIND, token);
    const opened = record && sealingFor(token, clientId).open(String(record.payload.sealed), KIND);
    return opened?.kind === 'text' ? (JSON.parse(opened.text) as RefreshAnswer) : undefined;
  }

  async function lasts(token: string): Promise<boolean> {
    const consumedAt = (await store.read('RefreshToken', token))?.consumedAt;
    return consumedAt !== undefined && seconds() - consumedAt < refreshGraceSeconds;
  }

  return {
    async reopen(token) {
      const { jti, clientId = '' } = token;
      if (!token.consumed || !(await lasts(jti))) return;
      const answer = await answerTo(jti, clientId);
      const successor = answer && (await store.read('RefreshToken', answer.body.refresh_token));
      const over = answer && (!successor || successor.consumedAt !== undefined);
      if (!over) token.consumed = undefined;
    },
    async mayAnswer(token) {
      const { ctx } = Provider;
      const clientId = ctx?.oidc.client?.clientId;
      if (!ctx || clientId === undefined) return false;
      const wish = await wishOf(ctx);
      for (const until = Date.now() + WAIT_MS; Date.now() < until; await sleep(POLL_MS)) {
        const answer = await answerTo(token, clientId);
        if (!answer) continue;
        if (answer.wish === wish) repetitions.set(ctx, answer);
        return false;
      }
      return lasts(token);
    },
    repetition: (ctx) => repetitions.get(ctx),
    async settle({ oidc }, answer) {
      const token = String(oidc.params?.refresh_token);
      const clientId = String(oidc.client?.clientId);
      const sealed = sealingFor(token, clientId).seal(JSON.stringify(answer), KIND);
      const kept = Math.floor(seconds()) + KEPT_SECONDS;
      if (await store.insertIfAbsent(KIND, token, kept, { sealed })) return answer;
      await Promise.all([
        store.remove('RefreshToken', answer.body.refresh_token),
        store.remove(ISSUED_TOKEN, answer.tokenId),
      ]);
      const first = await answerTo(token, clientId);
      if (!first) throw new ProviderUnavailableError('The answer of another request is gone.');
      return first;
    },
  };
}

/** The key comes out of the token itself, which no store holds (RFC 5869). */
function sealingFor(token: string, clientId: string) {
  const key = hkdfSync('sha256', token, '', `portcullis refresh answer\0${clientId}`, 32);
  return createSealing('refreshGraceSeconds', [Buffer.from(key).toString('base64')]);
}
