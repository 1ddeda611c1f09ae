import { type Denial, denied, type SdkGeneration, unknownNameAnswer } from '../message/answers.js';
import type { JsonObject, RequestId } from '../message/json-rpc.js';
import { claimsRevision } from '../message/version-match.js';
import type { OperationDecision } from '../policy/decision.js';

/**
 * What is wrong where there is no HTTP status to say it: the status that HTTP would have. None of them is in a range that JSON-RPC
 * or MCP reserves.
 *
 * @see JSON-RPC 2.0 §5.1; MCP 2026-07-28, "Error Codes"
 */
type RefusalCode = 401 | 403 | 429 | 503;

/** A JSON-RPC error for one request. */
export function refusal(
  id: RequestId | undefined,
  code: RefusalCode | -32600 | -32602,
  message: string,
): JsonObject {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

/**
 * The answer to a request that is refused, told as to clients that drop challenges: no client can step up here. Scopes are named, and a
 * tool call gets it as a result, which models read.
 */
export function refusedMessage<S extends string>(
  { operation, subject, decision }: OperationDecision<S>,
  sdk: SdkGeneration,
): JsonObject {
  const { id, method } = operation;
  const reason = 'reason' in decision ? decision.reason : undefined;
  if (reason === 'no_entry') return unknownNameAnswer(operation, subject, sdk);
  if (reason === 'invalid_input' && 'problem' in decision) {
    return refusal(id, -32602, decision.problem);
  }
  if (reason === 'limiter_unavailable') return refusal(id, 503, LATER);
  if (reason === 'rate_limited' || reason === 'too_many_open') return refusal(id, 429, TOO_OFTEN);
  const era = claimsRevision(operation) ? 'modern' : 'legacy';
  return { jsonrpc: '2.0', id, ...denied(method, denialOf(decision), era) };
}

/** For what cannot be decided now. */
export const LATER = 'This cannot be decided now. Try again later.';
const TOO_OFTEN = 'Too many calls. Try again later.';

function denialOf<S extends string>(decision: OperationDecision<S>['decision']): Denial {
  if ('reason' in decision && decision.reason === 'stale') {
    const text =
      'This needs a newer or stronger sign-in than the one this server was started with.';
    return { text, data: { error: 'insufficient_user_authentication' } };
  }
  const missing = 'missing' in decision ? (decision.missing ?? []) : [];
  if (missing.length === 0) {
    return { text: 'This caller may not do that', data: { error: 'access_denied' } };
  }
  const text = `This needs the scope ${missing.join(' ')}, which this server was not started with.`;
  const { required = missing } = decision as { readonly required?: readonly string[] };
  return { text, data: { error: 'insufficient_scope', scope: required.join(' ') } };
}
