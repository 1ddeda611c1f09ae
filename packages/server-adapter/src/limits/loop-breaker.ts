import { type Principal, sha256 } from '@portcullis/core';
import type { AppliedEntry } from '../policy/compiled-policy.js';
import type { OperationDecision } from '../policy/decision.js';
import { type SignIn, signInOf } from '../policy/sign-in.js';
import { ownerOf } from '../seal/owner.js';

/** Stops challenging those who come back from the issuer with nothing more. */
export interface LoopBreaker {
  /**
   * Notes a challenge that is about to be sent, or replaces it by a plain denial.
   *
   * @param now - Milliseconds since the epoch.
   */
  judge<S extends string>(
    principal: Principal,
    decisions: readonly OperationDecision<S>[],
    now: number,
  ): Promise<readonly OperationDecision<S>[]>;
}

/** With how many tokens somebody may come back for the same. A client that tries again with the same one has not asked anybody yet. */
const TOKENS = 2;
/** For how long a challenge is remembered, in milliseconds. Afterwards the person may have changed their mind. */
const WINDOW = 600_000;
/** How many challenges are remembered. One that is pushed out is sent again, which harms nobody. */
const CAPACITY = 10_000;

interface Challenged {
  readonly tokens: readonly string[];
  /** Milliseconds since the epoch, both. */
  readonly first: number;
  readonly until: number;
}

/**
 * Counts, for each owner, operation and set of needs, with how many new tokens of the same grant somebody came back. In memory, for this process:
 * a client that goes from one instance to another is challenged a few times more.
 *
 * @see MCP 2026-07-28, Authorization, "Step-Up Authorization Flow"
 */
export function loopBreaker(): LoopBreaker {
  const challenged = new Map<string, Challenged>();

  /** A sign-in that was good enough once ends the count: that it ages is no loop. */
  async function noteGood<S extends string>(
    principal: Principal,
    decisions: readonly OperationDecision<S>[],
  ): Promise<void> {
    for (const { entries } of decisions) {
      const signIn = entries?.some(asksSignIn) && signInOf(entries.filter(asksSignIn));
      if (signIn) challenged.delete(await sha256(signInKey(principal, signIn)));
    }
  }

  return {
    async judge(principal, decisions, now) {
      if (decisions.every(({ decision }) => decision.allowed)) {
        if (challenged.size > 0) await noteGood(principal, decisions);
        return decisions;
      }
      const key = keyOf(principal, decisions);
      if (key === undefined) return decisions;
      const digest = await sha256(key);
      const before = challenged.get(digest);
      const known = before && before.until > now ? before : newlyChallenged(now);
      const { tokenId } = principal;
      if (known.tokens.includes(tokenId) || isOlder(principal, known)) return decisions;
      if (known.tokens.length >= TOKENS) return decisions.map(exhausted);
      challenged.delete(digest);
      const [oldest] = challenged.keys();
      if (challenged.size >= CAPACITY && oldest !== undefined) challenged.delete(oldest);
      challenged.set(digest, { ...known, tokens: [...known.tokens, tokenId] });
      return decisions;
    },
  };
}

const newlyChallenged = (now: number): Challenged => ({
  tokens: [],
  first: now,
  until: now + WINDOW,
});

/** With a token of before the first challenge nobody comes back from the issuer: it is another device's. Tokens tell whole seconds. */
function isOlder({ claims: { iat } }: Principal, { tokens, first }: Challenged): boolean {
  return tokens.length > 0 && typeof iat === 'number' && iat < Math.floor(first / 1000);
}

/** What the message would be challenged for; `undefined` where it would not be. */
function keyOf<S extends string>(
  principal: Principal,
  decisions: readonly OperationDecision<S>[],
): string | undefined {
  const missing = new Set<string>();
  let signIn: SignIn | undefined;
  for (const { decision } of decisions) {
    if (decision.allowed) continue;
    if ('reason' in decision) {
      if (decision.reason !== 'stale') return undefined;
      signIn = decision;
    } else for (const scope of decision.missing) missing.add(scope);
  }
  if (signIn) return signInKey(principal, signIn);
  if (missing.size === 0) return undefined;
  // With other grants somebody has moved on, and a challenge is due again.
  const grants = [...principal.scopes].sort();
  // For each operation apart: a refreshed token that meets another closed door is no loop.
  const operations = decisions.map(({ operation, subject }) => [operation.method, subject?.names]);
  return JSON.stringify([ownerOf(principal), [...missing].sort(), grants, operations]);
}

const asksSignIn = <S extends string>({ entry }: AppliedEntry<S>): boolean =>
  (entry.maxAge !== undefined || entry.acr !== undefined) && entry.enforce !== 'report';

const signInKey = (principal: Principal, { maxAge, acr }: SignIn): string =>
  JSON.stringify([ownerOf(principal), maxAge ?? null, acr ?? null]);

function exhausted<S extends string>(one: OperationDecision<S>): OperationDecision<S> {
  const { decision } = one;
  if (decision.allowed) return one;
  const needs = {
    ...('required' in decision && decision.required ? { required: decision.required } : {}),
    ...('missing' in decision && decision.missing ? { missing: decision.missing } : {}),
  };
  return { ...one, decision: { allowed: false, reason: 'challenge_exhausted', ...needs } };
}
