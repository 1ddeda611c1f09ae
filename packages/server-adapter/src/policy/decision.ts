import type { Concrete, Decision, Gate, Principal } from '@portcullis/core';
import type { Operation } from '../message/json-rpc.js';
import type { AppliedEntry, CompiledPolicy } from './compiled-policy.js';
import { readNeeds } from './needs.js';
import { isRecentAndStrong, signInOf } from './sign-in.js';
import { type Subject, targetOf } from './targets.js';

/** The answer for one operation, or why there is none. */
export type Verdict<S extends string> =
  | Decision<S>
  /** The needs cannot be read from the input. */
  | { readonly allowed: false; readonly reason: 'invalid_input'; readonly problem: string }
  /** The policy itself is at fault, so nothing is let through. */
  | { readonly allowed: false; readonly reason: 'policy_defect'; readonly problem: string }
  /** Allowed, but not that often, or not that many at a time. */
  | {
      readonly allowed: false;
      readonly reason: 'rate_limited' | 'too_many_open';
      /** Seconds. */
      readonly retryAfter: number;
    }
  /** Allowed, but whoever counts cannot be asked. */
  | { readonly allowed: false; readonly reason: 'limiter_unavailable' };

/** What became of one operation. */
export interface OperationDecision<S extends string> {
  readonly operation: Operation;
  /** The tools, prompts or resources that it is about. */
  readonly subject?: Subject;
  /** All entries that apply. Absent where nothing says anything about it. */
  readonly entries?: readonly AppliedEntry<S>[];
  readonly decision: Verdict<S>;
  /** What entries that are only reported on would have said. Absent where they would have let it pass, and where others did not. */
  readonly reported?: Verdict<S>;
}

/** What no entry of the policy says anything about: that it is somebody's own session is all that it takes. */
export function allowedToOwner(method: string): OperationDecision<never> {
  return { operation: { method, params: {} }, decision: { allowed: true, required: [] } };
}

/**
 * Asks the policy about each operation. Never dispatches anything.
 *
 * @param now - Seconds since the epoch.
 */
export function decide<S extends string>(
  policy: CompiledPolicy<S>,
  gate: Gate<S>,
  principal: Principal,
  operations: readonly Operation[],
  now: number,
): Promise<readonly OperationDecision<S>[]> {
  return Promise.all(
    operations.map(async (operation) => {
      const target = targetOf(policy, operation);
      if (target.kind === 'invalid') {
        const { problem } = target;
        return { operation, decision: { allowed: false, reason: 'invalid_input', problem } };
      }
      const about = target.subject ? { operation, subject: target.subject } : { operation };
      if (target.kind === 'no_entry') {
        return { ...about, decision: { allowed: false, reason: 'no_entry' } };
      }
      const { entries } = target;
      const { problem } = operation;
      const enforced = entries.filter((applied) => !isReported(applied));
      const decision = await judge(gate, principal, enforced, now);
      if (decision.allowed && problem !== undefined) {
        return {
          ...about,
          entries,
          decision: { allowed: false, reason: 'invalid_input', problem },
        };
      }
      if (!decision.allowed || enforced.length === entries.length)
        return { ...about, entries, decision };
      const reported = await judge(gate, principal, entries.filter(isReported), now);
      return { ...about, entries, decision, ...(reported.allowed ? {} : { reported }) };
    }),
  );
}

/** Whether the policy would let somebody do something, for what is shown and not done: {@link decide} comes before what is. */
export async function mayDo<S extends string>(
  policy: CompiledPolicy<S>,
  gate: Gate<S>,
  principal: Principal,
  operation: Operation,
  now: number,
): Promise<boolean> {
  const [decided] = await decide(policy, gate, principal, [operation], now);
  return decided?.decision.allowed === true;
}

const isReported = <S extends string>({ entry }: AppliedEntry<S>): boolean =>
  entry.enforce === 'report';

/**
 * What asking the person could not mend comes first: input, scopes beyond reach, rules. Then the sign-in, and missing scopes last: one
 * challenge brings a new sign-in and the scopes as well (RFC 9470 §3).
 */
async function judge<S extends string>(
  gate: Gate<S>,
  principal: Principal,
  entries: readonly AppliedEntry<S>[],
  now: number,
): Promise<Verdict<S>> {
  const required = new Set<Concrete<S>>();
  const rules: (() => boolean | Promise<boolean>)[] = [];
  for (const { entry, input } of entries) {
    const read = await readNeeds(entry, input);
    if (!('scopes' in read)) return { allowed: false, ...read };
    for (const scope of read.scopes) required.add(scope);
    if (entry.rule) rules.push(() => entry.rule?.(principal, read.input) ?? false);
  }

  const decision = gate.authorize(principal, [...required]);
  if (!decision.allowed && !gate.obtainable(principal, decision.missing)) {
    return { ...decision, reason: 'unobtainable' };
  }
  if (decision.allowed) {
    for (const rule of rules) {
      try {
        // Only `true` counts: whatever else a rule returns, it did not say yes.
        if ((await rule()) !== true) return { ...decision, allowed: false, reason: 'rule' };
      } catch {
        return { allowed: false, reason: 'policy_defect', problem: 'A rule threw.' };
      }
    }
  }
  const signIn = signInOf(entries);
  if (signIn === undefined || isRecentAndStrong(principal, signIn, now)) return decision;
  if (principal.actor === 'client') return { ...decision, allowed: false, reason: 'no_sign_in' };
  if (signIn.acr?.length === 0) {
    const problem = 'No sign-in satisfies every entry that applies.';
    return { allowed: false, reason: 'policy_defect', problem };
  }
  return { ...decision, allowed: false, reason: 'stale', ...signIn };
}
