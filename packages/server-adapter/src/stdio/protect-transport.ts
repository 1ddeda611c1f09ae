import { rewrittenMessage } from '../answer/rewritten.js';
import { insideOf } from '../inside.js';
import type { McpAuth } from '../mcp-auth.js';
import type { SdkGeneration } from '../message/answers.js';
import {
  fault,
  isObject,
  type JsonObject,
  type Operation,
  type ProtocolFault,
  type RequestId,
  readOperation,
} from '../message/json-rpc.js';
import { isBounded } from '../message/operations.js';
import { type Identity, type IdentityOptions, openIdentity } from './identity.js';
import { askedIds, inFlight, outcomeOf } from './in-flight.js';
import { type Admission, type MessageGate, messageGate } from './message-gate.js';
import type { MessageTransport } from './message-transport.js';
import { refusal } from './refused-message.js';
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

/** How many messages may wait for their decision, and how many more for the refusal that they get instead. */
const MAX_WAITING = 1000;
/** The longest id of a request, in characters: it is kept until the request is answered, or longer. */
const MAX_ID = 256;

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
  const { sdk = 'v2' } = options;
  const identity = await openIdentity(auth.gate, options, insideOf(auth).clock);
  return guard(messageGate(auth, identity, sdk), transport as MessageTransport, identity);
}

function guard(
  gate: MessageGate,
  transport: MessageTransport,
  identity: Identity,
): ProtectedTransport<unknown> {
  const callers = callersOfMessages();
  const open = inFlight();
  const asked = askedIds();
  let closed = false;
  let waiting = 0;
  let turnedAway = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, as they came: no message overtakes the one that it is about. */
  function receive(message: unknown, extra?: object): void {
    if (closed) return;
    if (waiting >= MAX_WAITING) {
      turnAway(message);
      return;
    }
    waiting += 1;
    last = last
      .then(() => walk(message, extra))
      .catch((error: unknown) => {
        report(error);
        return answer(refusal(idOf(message), 503, 'Internal error'));
      })
      .finally(() => {
        waiting -= 1;
      });
  }

  /** What cannot even wait. Whoever lets refusals pile up, too, reads none of them. */
  function turnAway(message: unknown): void {
    if (turnedAway >= MAX_WAITING) {
      closed = true;
      report(new Error('The client sends without end and does not read the answers: cut off.'));
      transport.close().catch(report);
      return;
    }
    turnedAway += 1;
    refuseUnread(message)
      .catch(report)
      .finally(() => {
        turnedAway -= 1;
      });
  }

  async function refuseUnread(message: unknown): Promise<void> {
    const refused = await gate.overrun(idOf(message));
    const { id, method }: JsonObject = isObject(message) ? message : {};
    if (method === undefined && asked.take(id)) pass({ ...refused, id }, undefined);
    else await answer(refused);
  }

  /** One message, one way: each step gives the next its value or the answer. */
  async function walk(message: unknown, extra?: object): Promise<void> {
    if (closed || !isObject(message)) return;
    const operation = readBounded(message);
    if ('kind' in operation && operation.kind === 'reply') {
      if (!asked.take(message.id)) return;
      const refused = await gate.reply(message);
      pass(refused ? { ...refused, id: message.id } : message, extra);
      return;
    }
    const admission = await admit(operation, message);
    if (admission.kind === 'refused') return answer(admission.answer);
    const { body, authInfo, complete, rewritings } = admission;
    const { id, method, params } = operation as Operation;
    if (closed) return complete('unknown');
    if (id === undefined) await complete('succeeded');
    else open.begin(id, { complete, rewritings });
    if (method === 'notifications/cancelled') {
      await open.cancelled(params.requestId)?.complete('unknown');
    }
    if (isObject(body)) callers.set(body, authInfo);
    pass(body, { ...extra, authInfo });
  }

  async function admit(
    operation: Operation | ProtocolFault,
    message: JsonObject,
  ): Promise<Admission> {
    if ('kind' in operation) return gate.malformed(idOf(message), operation.message);
    const { id } = operation;
    if (id === undefined) return gate.admit(operation, message);
    if (String(id).length > MAX_ID) return gate.malformed(id, 'This id is too long.');
    if (!open.admits(id)) return gate.malformed(id, 'This id is in use.');
    return gate.admit(operation, message);
  }

  function pass(message: unknown, extra?: object): void {
    if (!closed) guarded.onmessage?.(message, extra);
  }

  /** Only a request has an answer. */
  async function answer(message: JsonObject): Promise<void> {
    if (message.id !== undefined) await transport.send(message).catch(report);
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
    const request = open.answered(message.id);
    if (!request) return;
    // Only a request that had one is open.
    const id = message.id as RequestId;
    let answer: unknown;
    let outcome = outcomeOf(message);
    try {
      answer = await rewrittenMessage(message, request.rewritings);
    } catch (error) {
      report(error);
      outcome = 'unknown';
      answer = refusal(id, 503, 'Internal error');
    }
    try {
      await request.complete(outcome);
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

/** The id of what wants an answer. One that a reply has is of the server's making, so an answer under it would be to something else. */
function idOf(message: unknown): RequestId | undefined {
  const { id, method }: JsonObject = isObject(message) ? message : {};
  const identified = typeof id === 'string' || typeof id === 'number';
  return identified && typeof method === 'string' ? id : undefined;
}

function readBounded(message: JsonObject): ReturnType<typeof readOperation> {
  if (isBounded(message)) return readOperation(message);
  return fault(-32600, 'The message nests too deeply or names __proto__.');
}
