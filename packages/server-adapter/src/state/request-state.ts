import { type Principal, sha256 } from '@portcullis/core';
import type { Rewriting } from '../answer/rewritten.js';
import { isObject, type JsonObject, type Operation } from '../message/json-rpc.js';
import { ownerOf } from '../seal/owner.js';
import type { Seals } from '../seal/seals.js';

/** What a server that needs more input gives its client to bring back, sealed. */
export interface RequestStates {
  /** How the answer to an operation has to change; `undefined` for a method that cannot ask for input. */
  rewriting(operation: Operation, principal: Principal): Rewriting | undefined;
  /**
   * The state that an operation brings back.
   *
   * @returns `undefined` for one that was altered, or given to somebody else, for something else or more than ten minutes ago.
   */
  open(operation: Operation, principal: Principal, sealed: unknown): Promise<string | undefined>;
  /** Whether an operation may bring a state. */
  applies(operation: Operation): boolean;
}

/** How long a client has to come back with what it was asked for, in seconds. */
const STATE_SECONDS = 600;

const methods: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/**
 * Binds each `requestState` to its owner, to the method with all its parameters, and to ten minutes. Does NOT keep it from being brought
 * back twice, nor replace any check: a retry is authorised like every other call.
 *
 * @param clock - Milliseconds since the epoch.
 * @see MCP 2026-07-28, Multi Round-Trip Requests
 */
export function createRequestStates(seals: Seals, clock: () => number): RequestStates {
  const seconds = () => Math.floor(clock() / 1000);

  async function sealed(principal: Principal, operation: Operation, result: JsonObject) {
    const { resultType, requestState } = result;
    if (resultType !== 'input_required' || typeof requestState !== 'string') return result;
    const value = (await bindingOf(operation)) + requestState;
    const until = seconds() + STATE_SECONDS;
    const state = await seals.seal('request_state', ownerOf(principal), value, until);
    return { ...result, requestState: state };
  }

  return {
    applies: ({ method }) => methods.has(method),
    rewriting(operation, principal) {
      if (!methods.has(operation.method)) return undefined;
      const rewrite: Rewriting['rewrite'] = (asked, result) => sealed(principal, asked, result);
      return { operation, rewrite, marker: '"requestState"' };
    },
    async open(operation, principal, state) {
      if (typeof state !== 'string') return undefined;
      const owner = ownerOf(principal);
      const opened = await seals.open('request_state', owner, state, seconds());
      const bound = await bindingOf(operation);
      return opened?.startsWith(bound) ? opened.slice(bound.length) : undefined;
    },
  };
}

/** Of one length, so that nothing of a state can be taken for it. What a retry adds or changes is no part of it. */
function bindingOf({ method, params }: Operation): string | Promise<string> {
  const { inputResponses, requestState, _meta, ...others } = params;
  return sha256(JSON.stringify(canonical({ method, others })));
}

/** One form for values that differ in the order of members only, another for all that differ in more. Bodies are bounded in depth. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  // JSON writes null for what is too large, and 0 for -0.
  if (typeof value === 'number') return { number: Object.is(value, -0) ? '-0' : String(value) };
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return { members: names.map((name) => [name, canonical(value[name])]) };
}
