import type { Subject } from '../policy/targets.js';
import type { JsonObject, Operation, ProtocolFault } from './json-rpc.js';
import type { Era } from './version-match.js';

/** The words of an SDK generation: v1 is `@modelcontextprotocol/sdk`, v2 is `@modelcontextprotocol/server`. */
export type SdkGeneration = 'v1' | 'v2';

/** A {@link ProtocolFault} as an HTTP answer. */
export function faultResponse({ status, code, message, data, id }: ProtocolFault): Response {
  const error = { code, message, ...(data === undefined ? {} : { data }) };
  return json(status, { jsonrpc: '2.0', error, id });
}

/**
 * What the SDK itself answers to a name it does not know, so that a name without an entry cannot be told from one that does
 * not exist. The framing is the SDKs' default: an event stream in the legacy era, JSON in the modern one.
 */
export function unknownNameResponse(
  operation: Operation,
  subject: Subject | undefined,
  era: Era,
  sdk: SdkGeneration,
): Response {
  const { id } = operation;
  // A notification has no answer, so it cannot tell anything either.
  if (id === undefined) return new Response(null, { status: 202 });
  const answer = unknownNameAnswer(operation, subject, sdk);
  if (era === 'legacy') return eventStream(answer);
  return json(subject === undefined ? 404 : 200, answer);
}

/** The same as a JSON-RPC message, whatever carries it. */
export function unknownNameAnswer(
  { id, method }: Operation,
  subject: Subject | undefined,
  sdk: SdkGeneration,
): JsonObject {
  if (subject === undefined) {
    return { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } };
  }
  const error = unknownName(method, subject, sdk);
  if (sdk === 'v1' && subject.section === 'tools') {
    const content = [{ type: 'text', text: error.message }];
    return { result: { content, isError: true }, jsonrpc: '2.0', id };
  }
  return { jsonrpc: '2.0', id, error };
}

/** `-32602` for one operation, in the era's framing. */
export function invalidInputResponse(operation: Operation, problem: string, era: Era): Response {
  const { id } = operation;
  if (id === undefined) return new Response(null, { status: 202 });
  const answer = { jsonrpc: '2.0', id, error: { code: -32602, message: problem } };
  return era === 'modern' ? json(200, answer) : eventStream(answer);
}

/** Why somebody may not do something, in words for a person and in members for a program. */
export interface Denial {
  readonly text: string;
  /** Named as in a challenge: `error`, `scope`, `max_age`, `acr_values`, `resource_metadata`. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where a result says why it is a denial. */
const DENIAL_KEY = 'portcullis/denial';
/** Of errors that say the same. Outside every range that JSON-RPC and MCP reserve (RS-33). */
const DENIED = 403;

/**
 * A refused message for a client that drops challenges: an answer with status 200 to each request in it, a tool's as a result with
 * `isError`, which models get to see. `undefined` where there is nobody to answer.
 *
 * @param operations - The requests and notifications of the message, in its order.
 */
export function deniedInBand(
  operations: readonly Operation[],
  { text, data }: Denial,
  era: Era,
): Response | undefined {
  const answers = operations.flatMap(({ id, method }) =>
    id === undefined ? [] : [{ jsonrpc: '2.0', id, ...denied(method, { text, data }, era) }],
  );
  if (answers.length === 0) return undefined;
  return era === 'modern' ? json(200, answers[0]) : eventStream(...answers);
}

/** The part of such an answer that says it. */
export function denied(method: string, { text, data }: Denial, era: Era): object {
  if (method !== 'tools/call') return { error: { code: DENIED, message: text, data } };
  const content = [{ type: 'text', text }];
  const _meta = { [DENIAL_KEY]: data };
  return {
    result: {
      ...(era === 'modern' ? { resultType: 'complete' } : {}),
      ...{ content, isError: true, _meta },
    },
  };
}

function unknownName(method: string, { section, names }: Subject, sdk: SdkGeneration) {
  const [name = ''] = names;
  const code = -32602;
  const prefix = sdk === 'v1' ? 'MCP error -32602: ' : '';
  if (section === 'tools') return { code, message: `${prefix}Tool ${name} not found` };
  if (section === 'prompts') return { code, message: `${prefix}Prompt ${name} not found` };
  if (method === 'completion/complete') {
    return { code, message: `${prefix}Resource template ${name} not found` };
  }
  if (!URL.canParse(name)) {
    return sdk === 'v1'
      ? { code: -32603, message: 'Invalid URL' }
      : {
          code,
          message: `Resource URI ${name} is invalid`,
          data: { uri: name, reason: 'invalid_uri' },
        };
  }
  return sdk === 'v1'
    ? { code, message: `${prefix}Resource ${new URL(name).href} not found` }
    : { code, message: `Resource not found: ${name}`, data: { uri: name } };
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

function eventStream(...messages: readonly unknown[]): Response {
  const events = messages.map((message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`);
  return new Response(events.join(''), {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' },
  });
}
