import type { Concrete, Decision, Gate, Principal } from '@portcullis/core';
import type { Operation } from '../message/json-rpc.js';
import type { AppliedEntry, CompiledPolicy } from './compiled-policy.js';
import { readNeeds } from './needs.js';
import { type Subject, targetOf } from './targets.js';

/** What became of one operation. */
export interface OperationDecision<S extends string> {
  readonly operation: Operation;
  /** The tools, prompts or resources that it is about. */
  readonly subject?: Subject;
  readonly decision:
    | Decision<S>
    /** The needs cannot be read from the input. */
    | { readonly allowed: false; readonly reason: 'invalid_input'; readonly problem: string }
    /** The policy itself is at fault, so nothing is let through. */
    | { readonly allowed: false; readonly reason: 'policy_defect'; readonly problem: string };
}

/** What no entry of the policy says anything about: that it is somebody's own session is all that it takes. */
export function allowedToOwner(method: string): OperationDecision<never> {
  return { operation: { method, params: {} }, decision: { allowed: true, required: [] } };
}

/** Asks the policy about each operation. Never dispatches anything. */
export function decide<S extends string>(
  policy: CompiledPolicy<S>,
  gate: Gate<S>,
  principal: Principal,
  operations: readonly Operation[],
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
      return { ...about, decision: await decideEntries(gate, principal, target.entries) };
    }),
  );
}

async function decideEntries<S extends string>(
  gate: Gate<S>,
  principal: Principal,
  entries: readonly AppliedEntry<S>[],
): Promise<OperationDecision<S>['decision']> {
  const required = new Set<Concrete<S>>();
  const rules: (() => boolean | Promise<boolean>)[] = [];
  for (const { entry, input } of entries) {
    const read = await readNeeds(entry, input);
    if (!('scopes' in read)) return { allowed: false, ...read };
    for (const scope of read.scopes) required.add(scope);
    const { rule } = entry;
    if (rule) rules.push(() => rule(principal, read.input));
  }

  const decision = gate.authorize(principal, [...required]);
  if (!decision.allowed) {
    const { missing } = decision;
    return gate.obtainable(principal, missing) ? decision : { ...decision, reason: 'unobtainable' };
  }
  for (const rule of rules) {
    try {
      // Only `true` counts: whatever else a rule returns, it did not say yes.
      if ((await rule()) !== true) return { ...decision, allowed: false, reason: 'rule' };
    } catch {
      return { allowed: false, reason: 'policy_defect', problem: 'A rule threw.' };
    }
  }
  return decision;
}
