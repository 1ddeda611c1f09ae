/** What ties a JSON-RPC answer to its request. */
export type RequestId = string | number;

/** A JSON object as it came: nothing about its members is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One request or notification of a body. */
export interface Operation {
  readonly method: string;
  /** Empty where the body has none. */
  readonly params: JsonObject;
  /** Absent for a notification. */
  readonly id?: RequestId;
  /** Why it cannot be run by whoever may: it brings back something that it was not given. */
  readonly problem?: string;
  /** What it asked for beside and its caller does not get: URIs of a subscription. */
  readonly leftOut?: readonly string[];
}

/** A client's answer to a request that the server sent it. Only revisions with sessions have them. */
export interface Reply {
  readonly kind: 'reply';
}

/** A body that is no message this endpoint can judge. Answered before any scope is looked at. */
export interface ProtocolFault {
  readonly kind: 'fault';
  readonly status: 400 | 408 | 413;
  readonly code: -32700 | -32600 | -32602 | -32020 | -32022;
  readonly message: string;
  readonly data?: unknown;
  readonly id: RequestId | null;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Makes a {@link ProtocolFault}. */
export function fault(
  code: ProtocolFault['code'],
  message: string,
  about: { readonly id?: RequestId; readonly data?: unknown; readonly status?: 408 | 413 } = {},
): ProtocolFault {
  const { id = null, data, status = 400 } = about;
  return { kind: 'fault', status, code, message, ...(data === undefined ? {} : { data }), id };
}

/**
 * Reads one member of a body. Something that is both a request and an answer is neither: two readers could each see another half.
 *
 * @see JSON-RPC 2.0 §4, §5
 */
export function readOperation(value: unknown): Operation | Reply | ProtocolFault {
  if (!isObject(value) || value.jsonrpc !== '2.0') return notAMessage();
  const { method, params, id, result, error } = value;
  const answers = Object.hasOwn(value, 'result') || Object.hasOwn(value, 'error');
  if (method === undefined && answers) {
    const one = isObject(result) ? error === undefined : isObject(error) && result === undefined;
    return one && isId(id) ? { kind: 'reply' } : notAMessage();
  }
  if (typeof method !== 'string' || answers) return notAMessage();
  if (params !== undefined && !isObject(params)) return notAMessage();
  if (id === undefined) return { method, params: params ?? {} };
  if (!isId(id)) return notAMessage();
  return { method, params: params ?? {}, id };
}

/** The answer to a {@link Reply} where none can be due: nobody asked, or nobody can own the question. */
export function unexpectedReply(): ProtocolFault {
  return fault(-32600, 'Bad Request: JSON-RPC responses cannot be posted to this endpoint');
}

function isId(id: unknown): id is RequestId {
  return typeof id === 'string' || Number.isInteger(id);
}

function notAMessage(): ProtocolFault {
  return fault(-32600, 'Bad Request: the request body is not a valid JSON-RPC message');
}
