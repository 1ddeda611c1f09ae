import { AuthError, type Caller, type Gate, type Principal } from '@portcullis/core';
import { createClientView } from '../answer/client-view.js';
import type { Rewriting } from '../answer/rewritten.js';
import type { Outcome } from '../audit/completion.js';
import { openTrail, type Trail } from '../audit/trail.js';
import { type McpAuthInfo, toAuthInfo } from '../handler/auth-info.js';
import { insideOf } from '../inside.js';
import type { McpAuth } from '../mcp-auth.js';
import type { SdkGeneration } from '../message/answers.js';
import type { JsonObject, Operation } from '../message/json-rpc.js';
import type { Message } from '../message/operations.js';
import { claimsRevision } from '../message/version-match.js';
import { decide } from '../policy/decision.js';
import type { Identity } from './identity.js';
import { LATER, refusal, refusedMessage } from './refused-message.js';

/** What becomes of one request or notification. */
export type Admission =
  | { readonly kind: 'refused'; readonly answer: JsonObject }
  | {
      readonly kind: 'admitted';
      /** What to pass on: the message as the server understands it. */
      readonly body: unknown;
      readonly authInfo: McpAuthInfo;
      /** What has to change in its answer. */
      readonly rewritings: readonly Rewriting[];
      /** To be called once, when it is over. */
      complete(outcome: Outcome): Promise<void>;
    };

/** Decides on the messages of one connection, and has each decision recorded. Knows no transport, and passes nothing on. */
export interface MessageGate {
  admit(operation: Operation, body: JsonObject): Promise<Admission>;
  /** For a request that nobody can decide on. */
  malformed(id: Operation['id'], problem: string): Promise<Admission & { kind: 'refused' }>;
}

/** Makes the gate of one connection: what HTTP asks, in the same order, for whoever is at the other end. */
export function messageGate<S extends string>(
  auth: McpAuth<S>,
  identity: Identity,
  sdk: SdkGeneration,
): MessageGate {
  // No consent reaches a process that runs already: what is missing stays missing.
  const gate: Gate<S> = { ...auth.gate, obtainable: () => false };
  const { policy, limits, lists, seals, clock, audited } = insideOf<S>(auth);
  const view = createClientView({ gate, policy, seals, lists, clock });
  const open = () => openTrail(gate.audit, { headers: new Headers() }, { clock, digest: audited });

  async function walk(operation: Operation, body: JsonObject, trail: Trail): Promise<Admission> {
    const { id } = operation;
    const caller = await identity.identify();
    if (caller.kind === 'challenge') {
      const { because, error = 'no_credential' } = caller;
      const reason = because && 'kind' in because ? because.code : error;
      await trail.refused({ outcome: 'denied', reason, status: 401 });
      return refused(refusal(id, 401, 'The access token of this server is no longer valid.'));
    }
    return judged(caller, await view.incoming(messageOf(operation, body), caller.principal), trail);
  }

  async function judged(caller: Caller, message: Message, trail: Trail): Promise<Admission> {
    const { principal } = caller;
    const { decisions, end } = await judge(principal, message);
    const recording = trail.decided(principal, decisions);
    const [recorded = async () => {}] = await recording.catch((error: unknown) => {
      end();
      throw error;
    });
    const denied = decisions.find(({ decision }) => !decision.allowed);
    if (denied) return refused(refusedMessage(denied, sdk));
    return {
      kind: 'admitted',
      body: message.body,
      authInfo: toAuthInfo(caller, gate.resource),
      rewritings: view.outgoing(message, principal),
      complete(outcome) {
        end();
        return recorded(outcome);
      },
    };
  }

  /** Policy first, then how often: what is refused anyway is not counted. */
  async function judge(principal: Principal, { operations }: Message) {
    const now = clock();
    const decisions = await decide(policy, gate, principal, operations, Math.floor(now / 1000));
    const passes = decisions.every(({ decision }) => decision.allowed);
    const admission = passes ? await limits.admit(principal, decisions, now) : { decisions };
    return { end: () => {}, ...admission };
  }

  return {
    async admit(operation, body) {
      const trail = open();
      try {
        return await walk(operation, body, trail);
      } catch (error) {
        if (!AuthError.isInstance(error)) throw error;
        if (error.code === 'PROVIDER_UNAVAILABLE') {
          const unavailable = { outcome: 'unavailable', reason: 'provider_unavailable' } as const;
          // Already refused, so a log that fails too changes nothing.
          await trail.refused({ ...unavailable, status: 503 }).catch(() => {});
        }
        // An outage is no verdict.
        return refused(refusal(operation.id, 503, LATER));
      }
    },
    async malformed(id, problem) {
      const reason = 'protocol_32600';
      // Refused in any case, so a log that fails changes nothing.
      await open()
        .refused({ outcome: 'denied', reason, status: 400 })
        .catch(() => {});
      return refused(refusal(id, -32600, problem));
    },
  };
}

const refused = (answer: JsonObject) => ({ kind: 'refused', answer }) as const;

function messageOf(operation: Operation, body: JsonObject): Message {
  const era = claimsRevision(operation) ? 'modern' : 'legacy';
  return { kind: 'message', era, body, operations: [operation], owned: [], batch: false };
}
