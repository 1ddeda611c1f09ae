import { AuthError, type Caller, type Gate, type Principal } from '@portcullis/core';
import { createClientView } from '../answer/client-view.js';
import { rewrittenMessage } from '../answer/rewritten.js';
import type { Outcome } from '../audit/completion.js';
import { openTrail, type Trail } from '../audit/trail.js';
import { toAuthInfo } from '../handler/auth-info.js';
import { insideOf } from '../inside.js';
import type { McpAuth } from '../mcp-auth.js';
import type { SdkGeneration } from '../message/answers.js';
import { isObject, type JsonObject, type Operation, readOperation } from '../message/json-rpc.js';
import { isBounded, type Message } from '../message/operations.js';
import { claimsRevision } from '../message/version-match.js';
import { decide } from '../policy/decision.js';
import { type Identity, type IdentityOptions, openIdentity } from './identity.js';
import { askedIds, inFlight, outcomeOf } from './in-flight.js';
import type { MessageTransport } from './message-transport.js';
import { LATER, refusal, refusedMessage } from './refused-message.js';
import { type CallersOfMessages, callersOfMessages } from './serving.js';

/** How {@link protectTransport} protects one connection. */
export interface ProtectTransportOptions extends IdentityOptions {
  /** Whose words an unknown name is answered with. Default `v2`. */
  readonly sdk?: SdkGeneration;
}

/** A transport behind the gate: give it to a server in place of the one that it protects. */
export interface ProtectedTransport<Message>
  extends MessageTransport<Message>,
    Pick<CallersOfMessages, 'serving'> {}

/** How many messages may wait for their decision. */
const MAX_WAITING = 1000;

/**
 * Puts the policy in front of a server that speaks over stdio, or over any other transport that knows nothing of OAuth: each message is
 * read, decided, recorded and only then passed on; what is not allowed is answered within the protocol.
 *
 * Does NOT limit how large a message is: the transport has read it by then.
 *
 * @param transport - Not started yet. Either SDK's `StdioServerTransport`, or anything of that form.
 * @throws {ConfigurationError} when neither `principal` nor `token` is given, or both are, or the token is refused.
 * @throws {ProviderUnavailableError} when the issuer cannot be asked about the token.
 * @example
 * const transport = await protectTransport(auth, new StdioServerTransport(), { token: process.env.MCP_TOKEN });
 * serveStdio(transport.serving(buildServer), { transport }); // v1: await buildServer().connect(transport)
 * @see MCP 2026-07-28, Authorization, "Protocol Requirements"
 */
export async function protectTransport<S extends string, Message>(
  auth: McpAuth<S>,
  transport: MessageTransport<Message>,
  options: ProtectTransportOptions,
): Promise<ProtectedTransport<Message>> {
  const identity = await openIdentity(auth.gate, options, insideOf(auth).clock);
  return guard(auth, transport as MessageTransport, identity, options.sdk ?? 'v2');
}

function guard<S extends string>(
  auth: McpAuth<S>,
  transport: MessageTransport,
  identity: Identity,
  sdk: SdkGeneration,
): ProtectedTransport<unknown> {
  // No consent reaches a process that runs already: what is missing stays missing.
  const gate: Gate<S> = { ...auth.gate, obtainable: () => false };
  const { policy, limits, lists, seals, clock, audited } = insideOf<S>(auth);
  const view = createClientView({ gate, policy, seals, lists, clock });
  const callers = callersOfMessages();
  const open = inFlight();
  const asked = askedIds();
  let closed = false;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, as they came: no message overtakes the one that it is about. */
  function receive(message: unknown, extra: unknown): void {
    if (waiting >= MAX_WAITING) {
      answer(message, 429, 'Too many messages at once.');
      return;
    }
    waiting += 1;
    last = last
      .then(() => walk(message, extra))
      .catch((error: unknown) => {
        report(error);
        answer(message, 503, 'Internal error');
      })
      .finally(() => {
        waiting -= 1;
      });
  }

  /** One message, one way: each step gives the next its value or the answer. */
  async function walk(message: unknown, extra: unknown): Promise<void> {
    if (closed || !isObject(message)) return;
    if (!isBounded(message)) {
      answer(message, -32600, 'The message nests too deeply or names __proto__.');
      return;
    }
    const operation = readOperation(message);
    if ('kind' in operation) {
      if (operation.kind === 'fault') answer(message, -32600, operation.message);
      else if (asked.take(message.id)) pass(message, extra);
      return;
    }
    if (operation.id !== undefined && !open.admits(operation.id)) {
      answer(message, -32600, 'This id is in use.');
      return;
    }
    const trail = openTrail(gate.audit, { headers: new Headers() }, { clock, digest: audited });
    try {
      const caller = await identified(trail);
      if (!caller) answer(message, 401, 'The access token of this server is no longer valid.');
      else await serve(operation, message, extra, caller, trail);
    } catch (error) {
      if (!AuthError.isInstance(error)) throw error;
      if (error.code === 'PROVIDER_UNAVAILABLE') {
        const refused = { outcome: 'unavailable', reason: 'provider_unavailable' } as const;
        // Already refused, so a log that fails too changes nothing.
        await trail.refused({ ...refused, status: 503 }).catch(() => {});
      }
      // An outage is no verdict.
      answer(message, 503, LATER);
    }
  }

  async function identified(trail: Trail): Promise<Caller | undefined> {
    const caller = await identity.identify();
    if (caller.kind === 'caller') return caller;
    const { because, error = 'no_credential' } = caller;
    const reason = because && 'kind' in because ? because.code : error;
    await trail.refused({ outcome: 'denied', reason, status: 401 });
    return undefined;
  }

  /** From the operation on, for somebody who is known. */
  async function serve(
    operation: Operation,
    body: JsonObject,
    extra: unknown,
    caller: Caller,
    trail: Trail,
  ): Promise<void> {
    const { principal } = caller;
    const era = claimsRevision(operation) ? 'modern' : 'legacy';
    const given = {
      kind: 'message',
      era,
      body,
      operations: [operation],
      owned: [],
      batch: false,
    } as const;
    const message = await view.incoming(given, principal);
    const { decisions, end } = await judge(principal, message);
    const recording = trail.decided(principal, decisions);
    const [recorded = async () => {}] = await recording.catch((error: unknown) => {
      end();
      throw error;
    });
    const { id, method, params } = operation;
    const refused = decisions.find(({ decision }) => !decision.allowed);
    if (refused) {
      if (id !== undefined) await transport.send(refusedMessage(refused, sdk));
      return;
    }
    const complete = (outcome: Outcome) => {
      end();
      return recorded(outcome);
    };
    if (closed) return complete('unknown');
    if (id === undefined) await complete('succeeded');
    else open.begin(id, { complete, rewritings: view.outgoing(message, principal) });
    if (method === 'notifications/cancelled') {
      await open.cancelled(params.requestId)?.complete('unknown');
    }
    const authInfo = toAuthInfo(caller, gate.resource);
    if (isObject(message.body)) callers.set(message.body, authInfo);
    pass(message.body, { ...(isObject(extra) ? extra : {}), authInfo });
  }

  /** Policy first, then how often: what is refused anyway is not counted. */
  async function judge(principal: Principal, { operations }: Message) {
    const now = clock();
    const decisions = await decide(policy, gate, principal, operations, Math.floor(now / 1000));
    const passes = decisions.every(({ decision }) => decision.allowed);
    const admission = passes ? await limits.admit(principal, decisions, now) : { decisions };
    return { end: () => {}, ...admission };
  }

  function pass(message: unknown, extra: unknown): void {
    if (!closed) guarded.onmessage?.(message, extra);
  }

  /** Answers a request; nothing else has an answer. */
  function answer(message: unknown, code: Parameters<typeof refusal>[1], text: string): void {
    const { id, method }: JsonObject = isObject(message) ? message : {};
    if (typeof method !== 'string' || (typeof id !== 'string' && typeof id !== 'number')) return;
    transport.send(refusal(id, code, text)).catch(report);
  }

  function report(error: unknown): void {
    guarded.onerror?.(error instanceof Error ? error : new Error(String(error)));
  }

  /** To the client: answers to what was let through; whatever else, as long as it may be told anything. */
  async function send(message: unknown, options?: unknown): Promise<void> {
    if (!isObject(message)) return;
    const { id, method } = message;
    if (typeof method !== 'string') return respond(message, options);
    if (!identity.current()) {
      if (id === undefined) return;
      throw new Error('The access token of this server is no longer valid.');
    }
    if (id !== undefined) asked.add(id);
    await transport.send(message, options);
  }

  async function respond(message: JsonObject, options: unknown): Promise<void> {
    const { id } = message;
    const request = open.answered(id);
    if (!request || (typeof id !== 'string' && typeof id !== 'number')) return;
    let answer: unknown;
    try {
      answer = await rewrittenMessage(message, request.rewritings);
    } catch (error) {
      report(error);
      answer = refusal(id, 503, 'Internal error');
    }
    try {
      await request.complete(outcomeOf(message));
    } catch {
      // A result whose completion must be recorded and is not does not arrive.
      answer = refusal(id, 503, 'The result could not be recorded.');
    }
    await transport.send(answer, options);
  }

  const guarded: ProtectedTransport<unknown> = {
    onclose: undefined,
    onerror: undefined,
    onmessage: undefined,
    serving: callers.serving,
    send,
    start() {
      transport.onmessage = receive;
      transport.onerror = report;
      transport.onclose = () => {
        closed = true;
        identity.end();
        // Nobody is left to be told of a full disk.
        for (const { complete } of open.drain()) complete('unknown').catch(() => {});
        guarded.onclose?.();
      };
      return transport.start();
    },
    close: () => transport.close(),
  };
  return guarded;
}
