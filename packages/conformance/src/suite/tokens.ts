import { randomUUID } from 'node:crypto';
import type { TokenChange } from '@portcullis/core/testing';
import type { ConformanceIssuer } from '../issuer/conformance-issuer.js';
import type { Plan } from '../plan/plan.js';

/** How a token differs from a good one. */
export interface TokenWish extends TokenChange {
  /** Beside the plan's baseline. Default: none. */
  readonly scopes?: readonly string[];
}

/** The tokens of one run. */
export interface Tokens {
  /** Whom most of them speak for: somebody new in each run, so that no server remembers what they did in the one before. */
  readonly subject: string;
  /** The claims that a good token has. */
  claims(scopes?: readonly string[]): Readonly<Record<string, unknown>>;
  /**
   * A good token, save for what is given. One that nothing but its scopes is said of is the same each time: who comes back from the issuer
   * with another token and the same scopes is in a loop, and a good server stops asking.
   */
  token(wish?: TokenWish): Promise<string>;
}

/** Through whom they were got. */
export const CLIENT = 'conformance-client-1';
/** Seconds that a good token holds. */
const LIFETIME = 300;

/** Makes the tokens of one run. */
export function createTokens(url: string, issuer: ConformanceIssuer, plan: Plan): Tokens {
  const subject = `conformance-${randomUUID().slice(0, 8)}`;
  const kept = new Map<string, { readonly token: Promise<string>; readonly until: number }>();

  const claims = (scopes: readonly string[] = []) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      ...{ iss: issuer.issuer, aud: url, sub: subject, client_id: CLIENT, jti: randomUUID() },
      ...{ iat: now, exp: now + LIFETIME },
      scope: [...new Set([...plan.baseline, ...scopes])].join(' '),
      ...plan.claims,
    };
  };
  return {
    subject,
    claims,
    token({ scopes, claims: changed, ...change } = {}) {
      if (changed !== undefined || Object.keys(change).length > 0) {
        return issuer.sign({ ...claims(scopes), ...changed }, change);
      }
      const key = (scopes ?? []).join(' ');
      const before = kept.get(key);
      if (before && Date.now() < before.until) return before.token;
      const token = issuer.sign(claims(scopes));
      kept.set(key, { token, until: Date.now() + (LIFETIME * 1000) / 2 });
      return token;
    },
  };
}
