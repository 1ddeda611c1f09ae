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
import { allowedToOwner, decide } from '../policy/decision.js';
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
  /**
   * Decides on a client's answer to what the server asked. That it was asked is NOT checked here.
   *
   * @returns What the server gets in place of the answer, without an id; `undefined` where it may have it.
   */
  reply(body: JsonObject): Promise<JsonObject | undefined>;
  /** For a request that nobody can decide on. */
  malformed(id: Operation['id'], problem: string): Promise<Admission & { kind: 'refused' }>;
  /** For what came while too many others waited: the answer to it. */
  overrun(id: Operation['id']): Promise<JsonObject>;
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

  async function walk(message: Message, trail: Trail): Promise<Admission> {
    const caller = await identity.identify();
    if (caller.kind === 'challenge') {
      const { because, error = 'no_credential' } = caller;
      const reason = because && 'kind' in because ? because.code : error;
      await trail.refused({ outcome: 'denied', reason, status: 401 });
      const text = 'The access token of this server is no longer valid.';
      return refused(refusal(idOf(message), 401, text));
    }
    return judged(caller, await view.incoming(message, caller.principal), trail);
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
  async function judge(principal: Principal, { operations, owned }: Message) {
    const now = clock();
    const decided = await decide(policy, gate, principal, operations, Math.floor(now / 1000));
    const decisions = [...decided, ...owned.map(allowedToOwner)];
    const passes = decisions.every(({ decision }) => decision.allowed);
    const admission = passes ? await limits.admit(principal, decisions, now) : { decisions };
    return { end: () => {}, ...admission };
  }

  /** What cannot be decided, or not recorded, is refused: an outage is no verdict. */
  async function orLater(message: Message, step: (trail: Trail) => Promise<Admission>) {
    const trail = open();
    try {
      return await step(trail);
    } catch (error) {
      if (!AuthError.isInstance(error)) throw error;
      if (error.code === 'PROVIDER_UNAVAILABLE') {
        const unavailable = { outcome: 'unavailable', reason: 'provider_unavailable' } as const;
        // Already refused, so a log that fails too changes nothing.
        await trail.refused({ ...unavailable, status: 503 }).catch(() => {});
      }
      return refused(refusal(idOf(message), 503, LATER));
    }
  }

  /** Refused in any case, so a log that fails changes nothing. */
  async function denied(reason: string, status: number): Promise<void> {
    await open()
      .refused({ outcome: 'denied', reason, status })
      .catch(() => {});
  }

  return {
    admit(operation, body) {
      const message = messageOf(operation, body);
      return orLater(message, (trail) => walk(message, trail));
    },
    async reply(body) {
      const message = replyOf(body);
      const admission = await orLater(message, async (trail) => {
        const decided = await walk(message, trail);
        if (decided.kind === 'admitted') await decided.complete('succeeded');
        return decided;
      });
      return admission.kind === 'refused' ? admission.answer : undefined;
    },
    async malformed(id, problem) {
      await denied('protocol_32600', 400);
      return refused(refusal(id, -32600, problem));
    },
    async overrun(id) {
      await denied('too_many_waiting', 429);
      return refusal(id, 429, 'Too many messages at once.');
    },
  };
}

const refused = (answer: JsonObject) => ({ kind: 'refused', answer }) as const;

function messageOf(operation: Operation, body: JsonObject): Message {
  const era = claimsRevision(operation) ? 'modern' : 'legacy';
  return { kind: 'message', era, body, operations: [operation], owned: [], batch: false };
}

/** Over HTTP it needs a session of the 2025 era; here the connection is one. */
function replyOf(body: JsonObject): Message {
  return {
    ...{ kind: 'message', era: 'legacy', body, batch: false },
    operations: [],
    owned: ['response'],
  };
}

const idOf = ({ operations: [operation] }: Message): Operation['id'] => operation?.id;
