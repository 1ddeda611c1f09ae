import { isObject, type JsonObject, type Operation } from '../message/json-rpc.js';
import { changedEvents, type StreamEvent } from './event-stream.js';

/** The longest event of an answer, in characters. The endpoint had it in memory as a whole, so this only bounds a mistake of its own. */
const MAX_EVENT = 67_108_864;

/**
 * What an operation's result becomes before the client sees it; the result itself where nothing changes. It may be given a result of another
 * operation and leaves one of another form alone.
 */
export type Rewrite = (
  operation: Operation,
  result: JsonObject,
) => JsonObject | Promise<JsonObject>;

/** An operation whose result does not leave as it is. */
export interface Rewriting {
  /** Without an id, that of every result. */
  readonly operation: Operation;
  readonly rewrite: Rewrite;
  /** Where an answer does not have this text anywhere, there is nothing to rewrite and it is not parsed. Default: it always is. */
  readonly marker?: string;
}

/** Whether an answer is one JSON value. */
export function isJson(headers: Headers): boolean {
  return /^application\/json\b/i.test(headers.get('content-type') ?? '');
}

/** Whether an answer is a stream of server-sent events. */
export function isEventStream(headers: Headers): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
}

/**
 * The headers of an answer that is about to be rewritten: its length may change.
 *
 * @throws when it has a form in which nothing can be rewritten. An error page holds no result, and neither does a mere "Accepted", so their
 *   form does not matter.
 */
export function rewritable(
  { status, headers, body }: Response,
  [first]: readonly Rewriting[],
): Headers {
  const readable = (isJson(headers) || isEventStream(headers)) && !headers.has('content-encoding');
  if (body && status < 400 && status !== 202 && !readable) {
    const asked = first?.operation.method;
    throw new Error(`The endpoint answered ${asked} with neither plain JSON nor plain events.`);
  }
  if (!headers.has('content-length')) return headers;
  const kept = new Headers(headers);
  kept.delete('content-length');
  return kept;
}

/**
 * The same as {@link rewrittenJson} for the bytes of a body. Text where those bytes are exactly its UTF-8, so that they need not be encoded again by
 * whoever wants text; the same bytes where they are not and nothing changes.
 */
export async function rewrittenBody(
  bytes: Uint8Array<ArrayBuffer>,
  rewritings: readonly Rewriting[],
): Promise<string | Uint8Array<ArrayBuffer>> {
  const exact = exactText(bytes);
  if (rewritings.length === 0) return exact ?? bytes;
  const text = exact ?? new TextDecoder().decode(bytes);
  const changed = await rewrittenJson(text, rewritings);
  return changed === text ? (exact ?? bytes) : changed;
}

const exactly = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `undefined` for what is not UTF-8, such as compressed bytes, and for what begins with a mark that decoders drop. */
function exactText(bytes: Uint8Array): string | undefined {
  try {
    const text = exactly.decode(bytes);
    return text.startsWith('\ufeff') ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * An answer's JSON, a batch's too, with each result rewritten for the operation of its id. Two operations of one id are both taken for the
 * one that is answered, and so are all where no operation has that id: a client may be less strict than that.
 *
 * @throws when what is to be rewritten is not JSON: nothing leaves unseen.
 */
export async function rewrittenJson(
  text: string,
  rewritings: readonly Rewriting[],
): Promise<string> {
  const due = rewritings.filter(({ marker }) => !marker || text.includes(marker));
  if (due.length === 0) return text;
  const body = parsed(text, due);
  const messages = Array.isArray(body) ? body : [body];
  const rewritten = await Promise.all(messages.map((message) => rewrittenMessage(message, due)));
  if (rewritten.every((message, index) => message === messages[index])) return text;
  return JSON.stringify(Array.isArray(body) ? rewritten : rewritten[0]);
}

/** The same for an answer of server-sent events, one message after the other. */
export function rewrittenEvents(
  body: ReadableStream<Uint8Array>,
  rewritings: readonly Rewriting[],
): ReadableStream<Uint8Array> {
  const change = async (event: StreamEvent): Promise<StreamEvent> => {
    // Without data an event only names itself, for a client that comes back.
    if (!event.data) return event;
    const data = await rewrittenJson(event.data, rewritings);
    return data === event.data ? event : { ...event, data };
  };
  return changedEvents(body, change, MAX_EVENT);
}

function parsed(text: string, [first]: readonly Rewriting[]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The endpoint's answer to ${first?.operation.method} is not JSON.`);
  }
}

/** One message, with its result rewritten if it is the answer to an operation to rewrite. */
export async function rewrittenMessage(
  message: unknown,
  rewritings: readonly Rewriting[],
): Promise<unknown> {
  if (!isObject(message) || !isObject(message.result)) return message;
  const own = rewritings.filter(({ operation: { id } }) => id === undefined || id === message.id);
  const strange = own.every(({ operation: { id } }) => id === undefined);
  let { result } = message;
  for (const { operation, rewrite } of strange ? rewritings : own) {
    if (isObject(result)) result = await rewrite(operation, result);
  }
  return result === message.result ? message : { ...message, result };
}
