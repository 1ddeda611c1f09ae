import type { Concrete, ConfigurationProblem, Gate, Principal } from '@portcullis/core';
import { isRecentAndStrong } from '../policy/sign-in.js';
import type { ItemNeeds } from './item-needs.js';

/**
 * What the lists of tools, prompts, resources and resource templates name. Whatever they name, a call is judged when it comes.
 *
 * - `show-obtainable`: all that the caller may use now or after a step-up.
 * - `hide`: all that the caller's scopes suffice for. A person may still have to sign in again for it.
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

/**
 * Whether a list names something that has these needs.
 *
 * @param now - Seconds since the epoch.
 */
export function isListed<S extends string>(
  lists: ListPolicy,
  gate: Gate<S>,
  principal: Principal,
  { required, choices, signIn }: ItemNeeds<S>,
  now: number,
): boolean {
  if (lists === 'show-all') return true;
  // Nobody can sign in for a client that acts for itself.
  const robot = principal.actor === 'client';
  if (robot && signIn && !isRecentAndStrong(principal, signIn, now)) return false;
  const may = (scopes: readonly Concrete<S>[]): boolean => {
    const decision = gate.authorize(principal, scopes);
    if (decision.allowed) return true;
    return lists === 'show-obtainable' && gate.obtainable(principal, decision.missing);
  };
  return may(required) && choices.every((ways) => ways.some(may));
}
