import { findings, type Verdict } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import type { TokenWish } from '../suite/tokens.js';
import { describe } from '../wire/excerpt.js';

/** A token that has to be refused, and what is wrong with it. */
export type BadToken = readonly [what: string, wish: TokenWish | string];

/** Each token holds all the scopes that the probe needs, so that nothing but its fault can refuse it. All have to be answered 401. */
export async function refuseTokens(stage: Stage, tokens: readonly BadToken[]): Promise<Verdict> {
  const found = findings();
  for (const [what, wish] of tokens) {
    const { scopes } = stage.probe;
    const token = typeof wish === 'string' ? wish : await stage.token({ scopes, ...wish });
    const answer = await stage.attempt(token);
    found.expect(answer.status === 401, () => `${what}: ${describe(answer)}`);
  }
  return found.verdict;
}
