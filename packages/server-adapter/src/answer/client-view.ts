import type { Gate, Principal } from '@portcullis/core';
import { completionRewriting } from '../lists/completions.js';
import type { ListPolicy } from '../lists/list-policy.js';
import { createListing } from '../lists/listing.js';
import { narrowedSubscription } from '../lists/subscriptions.js';
import { isObject, type JsonObject, type Operation } from '../message/json-rpc.js';
import type { Message } from '../message/operations.js';
import type { Era } from '../message/version-match.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { mayDo } from '../policy/decision.js';
import type { Seals } from '../seal/seals.js';
import { createCursors } from '../state/cursors.js';
import { createRequestStates } from '../state/request-state.js';
import type { Rewriting } from './rewritten.js';

/** What clients see in place of what the endpoint says, and the way back. Knows no HTTP. */
export interface ClientView {
  /**
   * A message as the endpoint understands it: what was sealed is opened, and a subscription asks only for what may be read. An operation
   * that brings what its caller was never given has a `problem`.
   */
  incoming(message: Message, principal: Principal): Promise<Message>;
  /**
   * What has to change in the answer to a message.
   *
   * @param inSession - Whether it is an answer of a session, whose streams can carry what was asked elsewhere. Default `false`.
   */
  outgoing(message: Message, principal: Principal, inSession?: boolean): readonly Rewriting[];
}

/** What {@link createClientView} goes by. */
export interface ClientViewOptions<S extends string> {
  readonly gate: Gate<S>;
  readonly policy: CompiledPolicy<S>;
  readonly seals: Seals;
  readonly lists: ListPolicy;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Lists, completions, subscriptions, cursors and `requestState`, each as its caller may see it. */
export function createClientView<S extends string>(options: ClientViewOptions<S>): ClientView {
  const { gate, policy, seals, lists, clock } = options;
  const cursors = createCursors(seals, lists, clock);
  const listing = createListing({ gate, policy, lists, cursors, clock });
  const states = createRequestStates(seals, clock);

  async function opened(
    operation: Operation,
    era: Era,
    principal: Principal,
  ): Promise<Opened | undefined> {
    const { method, params } = operation;
    const { cursor, requestState } = params;
    if (cursor !== undefined && listing.lists(method)) {
      const own = await cursors.open(principal, method, cursor);
      return own === undefined
        ? { problem: 'Invalid cursor' }
        : { params: { ...params, cursor: own } };
    }
    if (requestState !== undefined && states.applies(operation)) {
      // Older revisions give none, and an SDK that speaks all of them takes one from any request.
      const modern = era === 'modern';
      const own = modern ? await states.open(operation, principal, requestState) : undefined;
      return own === undefined
        ? { problem: 'Invalid or expired requestState' }
        : { params: { ...params, requestState: own } };
    }
    return narrowedSubscription(operation, (uri) => mayRead(uri, principal));
  }

  function mayRead(uri: string, principal: Principal): Promise<boolean> {
    const params = { notifications: { resourceSubscriptions: [uri] } };
    const one = { method: 'subscriptions/listen', params };
    return mayDo(policy, gate, principal, one, Math.floor(clock() / 1000));
  }

  return {
    async incoming(message, principal) {
      const found = new Map<JsonObject, Opened>();
      for (const operation of message.operations) {
        const one = await opened(operation, message.era, principal);
        if (one) found.set(operation.params, one);
      }
      return found.size === 0 ? message : withOpened(message, found);
    },

    outgoing({ operations, owned, era }, principal, inSession) {
      const anyList = inSession && !owned.includes('DELETE');
      const rewritings: (Rewriting | undefined)[] = [
        ...listing.rewritings(operations, principal, era, anyList),
      ];
      for (const operation of operations) {
        rewritings.push(
          completionRewriting({ gate, policy, clock }, operation, principal),
          states.rewriting(operation, principal),
          forCallerOnly(operation),
        );
      }
      return rewritings.filter((one) => one !== undefined);
    },
  };
}

const cacheable: ReadonlySet<string> = new Set(['server/discover', 'resources/read']);

/** Whoever is let in may see it, and a cache in between lets nobody in: what the endpoint calls public is not (RS-82). */
function forCallerOnly(operation: Operation): Rewriting | undefined {
  if (!cacheable.has(operation.method)) return undefined;
  return {
    operation,
    marker: '"public"',
    rewrite: (_operation, result) =>
      result.cacheScope === 'public' ? { ...result, cacheScope: 'private' } : result,
  };
}

/** What an operation means where it is not what it seems. */
type Opened = Partial<Pick<Operation, 'params' | 'problem' | 'leftOut'>>;

/** The message with some of its parameters replaced: what is judged from here on is what is dispatched. */
function withOpened(message: Message, found: ReadonlyMap<JsonObject, Opened>): Message {
  const replaced = (value: unknown): unknown => {
    if (!isObject(value) || !isObject(value.params)) return value;
    const params = found.get(value.params)?.params;
    return params ? { ...value, params } : value;
  };
  const { body, operations } = message;
  return {
    ...message,
    body: Array.isArray(body) ? body.map(replaced) : replaced(body),
    operations: operations.map((operation) => ({ ...operation, ...found.get(operation.params) })),
  };
}
