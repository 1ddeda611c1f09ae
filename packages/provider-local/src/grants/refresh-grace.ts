import { hkdfSync } from 'node:crypto';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { provenKey } from '../proof/proof-key.js';
import type { Settings } from '../settings.js';
import type { StoredRecord } from '../store/local-store.js';
import { createSealing } from '../store/sealing.js';
import { createFirstAnswers } from './first-answer.js';

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
 * request twice. Ends as soon as the successor was used; then a second use counts as theft again. With no seconds at all nothing is
 * answered twice.
 *
 * Whether a token was ever answered is another matter: one that was not, since something failed, is as good as unused.
 *
 * @see OAuth 2.1 §4.3.1
 */
export interface RefreshGrace {
  /** Lets the engine go on with a used token where it may: client, binding, person and scope are then checked as ever. */
  reopen(token: PresentedRefreshToken): Promise<void>;
  /**
   * Asked when a token turns out to be used: waits for the answer that it was used for.
   *
   * @returns Whether to make that answer now, since whoever used the token has not.
   */
  mayAnswer(token: string): Promise<boolean>;
  /** What the request that the engine has refused is to be answered with again. */
  repetition(ctx: KoaContextWithOIDC): RefreshAnswer | undefined;
  /**
   * Makes an answer the only one that this token ever has.
   *
   * @returns The one that counts; nothing where another one came first, and this request may not have it.
   */
  settle(ctx: KoaContextWithOIDC, answer: RefreshAnswer): Promise<RefreshAnswer | undefined>;
}

const KIND = 'RefreshAnswer';

/** What a refresh request asks for beside its token, and for which key: what is bound to one is of no use to another. */
export async function wishOf(ctx: KoaContextWithOIDC): Promise<string> {
  const { scope = null, resource = null } = ctx.oidc.params ?? {};
  return JSON.stringify([scope, resource, (await provenKey(ctx)) ?? null]);
}

/** Keeps answers in the store, sealed with what only the presented token yields: a copy of the store opens none. */
export function createRefreshGrace({ store, refreshGraceSeconds }: Settings): RefreshGrace {
  const answers = createFirstAnswers(store, 'RefreshToken');
  const repetitions = new WeakMap<object, RefreshAnswer>();

  async function lasts(token: string): Promise<boolean> {
    const consumedAt = (await store.read('RefreshToken', token))?.consumedAt;
    return consumedAt !== undefined && Date.now() / 1000 - consumedAt < refreshGraceSeconds;
  }

  return {
    async reopen(token) {
      const { jti, clientId = '' } = token;
      if (!token.consumed) return;
      const kept = await answers.read(jti);
      if (!kept) {
        if (await answers.mayRetry(jti)) token.consumed = undefined;
        return;
      }
      const answer = opened(kept, jti, clientId);
      if (!answer || !(await lasts(jti))) return;
      const successor = await store.read('RefreshToken', answer.body.refresh_token);
      if (successor && successor.consumedAt === undefined) token.consumed = undefined;
    },
    async mayAnswer(token) {
      const { ctx } = Provider;
      const clientId = ctx?.oidc.client?.clientId;
      if (!ctx || clientId === undefined) return false;
      const wish = await wishOf(ctx);
      const kept = await answers.await(token);
      if (!kept) return answers.mayRetry(token);
      const answer = opened(kept, token, clientId);
      if (answer?.wish === wish) repetitions.set(ctx, answer);
      return false;
    },
    repetition: (ctx) => repetitions.get(ctx),
    async settle(ctx, answer) {
      const { client, params } = ctx.oidc;
      const token = String(params?.refresh_token);
      const clientId = String(client?.clientId);
      const { tokenId, body } = answer;
      const payload =
        refreshGraceSeconds > 0
          ? { sealed: sealingFor(token, clientId).seal(JSON.stringify(answer), KIND) }
          : { tokenId };
      const made = { tokenId, refreshToken: body.refresh_token };
      if (await answers.keep(token, payload, made)) return answer;
      const first = opened((await answers.read(token)) ?? {}, token, clientId);
      return first?.wish === answer.wish ? first : undefined;
    },
  };
}

/** Nothing where it was not kept to be given again. */
function opened(
  { sealed }: StoredRecord['payload'],
  token: string,
  clientId: string,
): RefreshAnswer | undefined {
  if (typeof sealed !== 'string') return undefined;
  const answer = sealingFor(token, clientId).open(sealed, KIND);
  return answer.kind === 'text' ? (JSON.parse(answer.text) as RefreshAnswer) : undefined;
}

/** The key comes out of the token itself, which no store holds (RFC 5869). */
function sealingFor(token: string, clientId: string) {
  const key = hkdfSync('sha256', token, '', `portcullis refresh answer\0${clientId}`, 32);
  return createSealing('refreshGraceSeconds', [Buffer.from(key).toString('base64')]);
}
