import type { Concrete, ConfigurationProblem, Gate, Principal } from '@portcullis/core';
import type { ItemNeeds } from './item-needs.js';

/**
 * What the lists of tools, prompts, resources and resource templates name. Whatever they name, a call is judged when it comes.
 *
 * - `show-obtainable`: all that the caller may use now or after a step-up.
 * - `hide`: all that the caller may use now.
 * - `show-all`: all that has an entry in the policy.
 */
export type ListPolicy = 'show-obtainable' | 'hide' | 'show-all';

const policies: readonly unknown[] = ['show-obtainable', 'hide', 'show-all'];

/** What is wrong with the option `lists`. */
export function listPolicyProblems(lists: unknown): readonly ConfigurationProblem[] {
  if (policies.includes(lists)) return [];
  const problem = `must be "show-obtainable", "hide" or "show-all"; got ${JSON.stringify(lists)}.`;
  return [{ option: 'lists', problem, remedy: 'Leave it out for "show-obtainable".' }];
}

/** Whether a list names something that has these needs. */
export function isListed<S extends string>(
  lists: ListPolicy,
  gate: Gate<S>,
  principal: Principal,
  { required, choices }: ItemNeeds<S>,
): boolean {
  if (lists === 'show-all') return true;
  const may = (scopes: readonly Concrete<S>[]): boolean => {
    const decision = gate.authorize(principal, scopes);
    if (decision.allowed) return true;
    return lists === 'show-obtainable' && gate.obtainable(principal, decision.missing);
  };
  return may(required) && choices.every((ways) => ways.some(may));
}
