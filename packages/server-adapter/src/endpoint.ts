import type { Caller } from '@portcullis/core';
import {
  isEventStream,
  isJson,
  type Rewriting,
  rewritable,
  rewrittenBody,
  rewrittenEvents,
} from './answer/rewritten.js';
import { readWhole, wholeAnswer } from './answer/whole-answer.js';
import { type Outcome, type OutcomeReader, outcomeReader } from './audit/completion.js';
import { endingStream } from './ending-stream.js';
import { type McpAuthInfo, toAuthInfo } from './handler/auth-info.js';
import { forwardedRequest } from './http/forwarded-request.js';
import { assertSendable } from './http/sendable.js';
import type { Message } from './message/operations.js';

/**
 * Both SDK generations fit: v1 `transport.handleRequest`, v2 `createMcpHandler(…).fetch`.
 *
 * The request has no token, no proof, no header by which a proxy says who calls and no body: the message is `parsedBody`. Its `signal` fires when the client hangs up; a copy of the
 * request does not carry it on.
 */
export type McpEndpoint = (
  request: Request,
  options: { readonly authInfo: McpAuthInfo; readonly parsedBody?: unknown },
) => Promise<Response>;

/** One for each operation, in the order of the message. */
export type Completions = readonly ((outcome: Outcome) => Promise<void>)[];

/** Whose message it is, and where and when it came. */
interface DispatchContext {
  readonly caller: Caller;
  readonly resource: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The operations whose results do not leave as they are. */
  readonly rewritings: readonly Rewriting[];
  /** Called once, when the answer is over. */
  readonly end?: () => void;
}

/**
 * Hands a message on and sees it to its end: when the answer's body is through, each operation has its completion event.
 * An endpoint that throws leaves `unknown`, and so does a client that hangs up before its answer.
 */
export async function dispatch(
  endpoint: McpEndpoint,
  request: Request,
  message: Message,
  { caller, resource, clock, rewritings, end }: DispatchContext,
  completions: Completions,
): Promise<Response> {
  let outcomeOf = (_index: number, _whole: boolean): Outcome => 'unknown';
  let completed = false;
  async function complete(whole: boolean): Promise<void> {
    if (completed) return;
    completed = true;
    end?.();
    await Promise.all(completions.map((done, index) => done(outcomeOf(index, whole))));
  }
  // Not every endpoint settles when its client is gone, and what it says then is no outcome. Nobody is left to be told of a full disk.
  const hungUp = () => void complete(false).catch(() => {});
  // While a rule or a sink was waited for, perhaps: a signal that has fired does not fire again.
  if (request.signal.aborted) hungUp();
  else request.signal.addEventListener('abort', hungUp, { once: true });

  try {
    const parsedBody = message.body;
    const authInfo = toAuthInfo(caller, resource);
    const response = await endpoint(forwardedRequest(request, resource), { authInfo, parsedBody });
    const { status, statusText } = response;
    assertSendable(response.headers);
    const headers = rewritings.length > 0 ? rewritable(response, rewritings) : response.headers;
    const reader = outcomeReader(headers.get('content-type'));
    outcomeOf = (index, whole) => {
      const id = message.operations[index]?.id;
      if (status >= 400) return 'failed';
      return id === undefined ? 'succeeded' : reader.outcome(id, whole);
    };
    if (response.body && !isJson(headers)) {
      const source =
        rewritings.length > 0 && isEventStream(headers)
          ? rewrittenEvents(response.body, rewritings)
          : response.body;
      const open = bounded(source, request, message, caller, clock());
      const body = watched(open, reader, complete);
      return new Response(body, { status, statusText, headers });
    }
    // One JSON value is of no use in parts, so it is read whole.
    const given = response.body && (await readWhole(response.body));
    const whole = given && (await rewrittenBody(given, rewritings));
    if (whole !== null) reader.read(whole);
    await complete(true);
    return wholeAnswer(whole, { status, statusText, headers });
  } catch (error) {
    await complete(false);
    throw error;
  }
}

/** A subscription or the stream of a session would outlive the token that opened it; any other answer ends by itself. */
function bounded(
  body: ReadableStream<Uint8Array>,
  request: Request,
  { operations: [operation], batch }: Message,
  { principal, onRevoked }: Caller,
  now: number,
): ReadableStream<Uint8Array> {
  const listens = !batch && operation?.method === 'subscriptions/listen';
  const subscription = listens ? operation.id : undefined;
  if (request.method !== 'GET' && subscription === undefined) return body;
  const milliseconds = principal.expiresAt * 1000 - now;
  return endingStream(body, { milliseconds, onRevoked }, subscription);
}

/** Passes a body on as it comes, and completes when it ends. */
function watched(
  body: ReadableStream<Uint8Array>,
  reader: OutcomeReader,
  complete: (whole: boolean) => Promise<void>,
): ReadableStream<Uint8Array> {
  const source = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await source.read();
        if (!done) {
          reader.read(value);
          controller.enqueue(value);
          return;
        }
        // Before the end of the body: a result whose completion must be recorded and is not does not arrive whole.
        await complete(true);
        controller.close();
      } catch (error) {
        await complete(false).catch(() => {});
        controller.error(error);
      }
    },
    async cancel(reason) {
      await source.cancel(reason).catch(() => {});
      // What was answered before the client left was answered; of the rest nobody knows.
      await complete(false);
    },
  });
}
