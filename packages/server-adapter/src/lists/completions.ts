import type { Gate, Principal } from '@portcullis/core';
import type { Rewriting } from '../answer/rewritten.js';
import { isObject, type Operation } from '../message/json-rpc.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { mayDo } from '../policy/decision.js';
import { templateNeeds } from './item-needs.js';
import { isListed } from './list-policy.js';

/** What completion depends on beside the caller. */
export interface CompletionOptions<S extends string> {
  readonly gate: Gate<S>;
  readonly policy: CompiledPolicy<S>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Leaves out of the values for a variable of a resource template those that name nothing which the caller may read: completion is no
 * way to find out what there is.
 *
 * @returns `undefined` for anything else. The values for a prompt's argument name no resource.
 */
export function completionRewriting<S extends string>(
  { gate, policy, clock }: CompletionOptions<S>,
  operation: Operation,
  principal: Principal,
): Rewriting | undefined {
  const { ref, argument, context } = operation.params;
  if (operation.method !== 'completion/complete') return undefined;
  if (!isObject(ref) || ref.type !== 'ref/resource' || typeof ref.uri !== 'string') {
    return undefined;
  }
  const template = ref.uri;
  const name = isObject(argument) ? String(argument.name) : '';
  const known = isObject(context) && isObject(context.arguments) ? context.arguments : {};

  /** However the client will write it: encoded, as RFC 6570 has it, or as it stands. */
  async function readable(value: unknown): Promise<boolean> {
    const values = { ...known, [name]: value };
    const written = [encodeURIComponent, String].map((write) =>
      expand(template, name, values, write),
    );
    for (const uri of new Set(written)) if (!(await mayRead(uri))) return false;
    return true;
  }

  async function mayRead(expanded: string | undefined): Promise<boolean> {
    if (expanded === undefined) return false;
    const now = Math.floor(clock() / 1000);
    if (expanded.includes('{')) {
      const needs = templateNeeds(policy, expanded);
      return needs !== undefined && isListed('hide', gate, principal, needs, now);
    }
    const read = { method: 'resources/read', params: { uri: expanded } };
    return mayDo(policy, gate, principal, read, now);
  }

  return {
    operation,
    async rewrite(_operation, result) {
      if (result.completion === undefined) return result;
      const completion = isObject(result.completion) ? result.completion : {};
      const { values, total, hasMore, ...others } = completion;
      const found: readonly unknown[] = Array.isArray(values) ? values : [];
      const kept: unknown[] = [];
      // One after the other: a rule may ask a database, and a request must not turn into a hundred at once.
      for (const value of found) if (await readable(value)) kept.push(value);
      // What is left must look like all there is: a number, or its absence, would tell of what is left out.
      const more = hasMore === true && kept.length === found.length;
      return {
        ...result,
        completion: {
          ...others,
          values: kept,
          ...(total === undefined || more ? {} : { total: kept.length }),
          ...(hasMore === undefined ? {} : { hasMore: more }),
        },
      };
    },
  };
}

/** The longest value that is put into a template, in characters. */
const MAX_VALUE = 2048;

/**
 * A template with the values that are known, as RFC 6570 §3.2 has it for single variables; what is not known stays open.
 *
 * @param completed - The variable whose value is at hand.
 * @returns `undefined` where that value has no place of its own, so that nobody can tell what it names.
 */
function expand(
  template: string,
  completed: string,
  values: Readonly<Record<string, unknown>>,
  write: (value: string) => string,
): string | undefined {
  let placed = 0;
  const text = template.replace(/\{([+#./?&]?)([^{}]*)\}/g, (whole, operator, list: string) => {
    const name = list.replace(/\*$/, '');
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value !== 'string' || value.length > MAX_VALUE) return whole;
    // Half a character has no place in a URI; braces would open what is not the template's.
    if (/[{}\p{Surrogate}]/u.test(value)) return whole;
    if (name === completed) placed += 1;
    const reserved = operator === '+' || operator === '#';
    const written = reserved ? value : write(value);
    if (operator === '?' || operator === '&') return `${operator}${name}=${written}`;
    return `${operator === '+' ? '' : operator}${written}`;
  });
  return placed === 0 ? undefined : text;
}
