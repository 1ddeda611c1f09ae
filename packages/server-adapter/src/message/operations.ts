import {
  fault,
  type JsonObject,
  type Operation,
  type ProtocolFault,
  readOperation,
  unexpectedReply,
} from './json-rpc.js';
import { readBody } from './json-rpc-body.js';
import { claimsRevision, type Era, eraOf, mayBatch, NO_BATCHES } from './version-match.js';

/** `GET`: to listen to a session. `DELETE`: to end it. `response`: to answer what the server asked. */
export type OwnedAct = 'GET' | 'DELETE' | 'response';

/** What a request without a message is about. */
export function verbMessage(act: Exclude<OwnedAct, 'response'>): Message {
  return {
    ...{ kind: 'message', era: 'legacy', body: undefined, batch: false },
    operations: [],
    owned: [act],
  };
}

/** The one parse of a body: what is decided on is what is dispatched. */
export interface Message {
  readonly kind: 'message';
  readonly era: Era;
  /** As parsed. The same object goes to the endpoint. `undefined` where the request has none. */
  readonly body: unknown;
  /** Those that the policy decides on. */
  readonly operations: readonly Operation[];
  /** What the owner of a session may do without an entry in the policy. Empty where there is no session. */
  readonly owned: readonly OwnedAct[];
  readonly batch: boolean;
}

/** How deep a body may nest. Deeper ones would exhaust the stack of whoever walks them after us. */
const MAX_DEPTH = 64;
/** How many members a batch may have; the SDKs stop at the same number. */
const MAX_BATCH = 100;

/**
 * Reads the operations of a request. Checks form, nesting, revision and headers; knows no policy.
 *
 * @param given - The body if the host has parsed it already; the request's own is not touched then.
 * @param replies - Whether answers to the server may be posted. Whose session they belong to is NOT checked here.
 */
export async function readMessage(
  request: Request,
  given: unknown,
  maxBytes: number,
  replies = false,
): Promise<Message | ProtocolFault> {
  let body = given;
  if (given === undefined) {
    const text = await readBody(request, maxBytes);
    if (typeof text !== 'string') return text;
    try {
      // With duplicate members the last one counts; whoever runs this gets the same object, so nobody sees the first.
      body = JSON.parse(text);
    } catch {
      return fault(-32700, 'Parse error: the request body is not valid JSON');
    }
  }
  if (!isBounded(body)) {
    return fault(-32600, 'Bad Request: the request body nests too deeply or names __proto__');
  }
  const read = Array.isArray(body)
    ? readBatch(body, request.headers)
    : readSingle(body, request.headers);
  const unexpected = read.kind === 'message' && read.owned.length > 0 && !replies;
  return unexpected ? unexpectedReply() : read;
}

function readSingle(body: unknown, headers: Headers): Message | ProtocolFault {
  const operation = readOperation(body);
  if ('kind' in operation) return operation.kind === 'fault' ? operation : readReply(body, headers);
  const era = eraOf(operation, headers);
  if (typeof era !== 'string') return era;
  return { kind: 'message', era, body, operations: [operation], owned: [], batch: false };
}

/** Like a notification, an answer leaves its revision to the header. Those of 2026-07-28 are part of the next request instead. */
function readReply(body: unknown, headers: Headers): Message | ProtocolFault {
  const era = eraOf({ method: 'response', params: {} }, headers);
  if (era === 'modern') return unexpectedReply();
  if (typeof era !== 'string') return era;
  return { kind: 'message', era, body, operations: [], owned: ['response'], batch: false };
}

function readBatch(body: readonly unknown[], headers: Headers): Message | ProtocolFault {
  if (!mayBatch(headers)) {
    return fault(-32600, NO_BATCHES);
  }
  if (body.length === 0) return fault(-32600, 'Bad Request: empty JSON-RPC batch');
  if (body.length > MAX_BATCH) return fault(-32600, 'Bad Request: the JSON-RPC batch is too long');
  const operations: Operation[] = [];
  const owned: OwnedAct[] = [];
  for (const member of body) {
    const operation = readOperation(member);
    if ('kind' in operation) {
      if (operation.kind === 'fault') return operation;
      owned.push('response');
      continue;
    }
    if (claimsRevision(operation)) {
      return fault(-32600, 'Bad Request: a JSON-RPC batch cannot hold requests of 2026-07-28');
    }
    operations.push(operation);
  }
  return { kind: 'message', era: 'legacy', body, operations, owned, batch: true };
}

/** Goes no deeper than the bound, so that the check survives what it guards against. */
export function isBounded(value: unknown, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every((member) => isBounded(member, depth + 1));
  // A copy made by assignment would turn it into a prototype and show members that we have not seen.
  if (Object.hasOwn(value, '__proto__')) return false;
  for (const name in value) {
    if (!isBounded((value as JsonObject)[name], depth + 1)) return false;
  }
  return true;
}
