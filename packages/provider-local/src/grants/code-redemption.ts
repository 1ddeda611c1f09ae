import type { KoaContextWithOIDC } from 'oidc-provider';
import type { LocalStore } from '../store/local-store.js';
import { createFirstAnswers } from './first-answer.js';

/**
 * Makes a code count as redeemed once its tokens are on their way: where something fails before that, the next try gets them. After
 * it, a second use takes back what the first one gave.
 *
 * @see OAuth 2.1 §4.1.3
 */
export interface CodeRedemption {
  /** Whether a code that was used was answered as well; waits for the answer of a request that may be at work. */
  isAnswered(code: string): Promise<boolean>;
  /** Asked when a code turns out to be used: whether to answer now, since whoever used it has not. */
  mayAnswer(code: string): Promise<boolean>;
  /** Makes an answer the only one that this code ever has. `false`: another one came first, and this one must not be sent. */
  settle(ctx: KoaContextWithOIDC): Promise<boolean>;
}

/** Binds it to a store. */
export function createCodeRedemption(store: LocalStore): CodeRedemption {
  const answers = createFirstAnswers(store, 'AuthorizationCode');
  const isAnswered = async (code: string) =>
    Boolean(await answers.await(code)) || !(await answers.mayRetry(code));
  return {
    isAnswered,
    mayAnswer: async (code) => !(await isAnswered(code)),
    settle({ oidc, body }) {
      const tokenId = String(oidc.entities.AccessToken?.jti);
      const { refresh_token } = body as { readonly refresh_token?: string };
      const made = { tokenId, refreshToken: refresh_token };
      return answers.keep(String(oidc.params?.code), { tokenId }, made);
    },
  };
}
