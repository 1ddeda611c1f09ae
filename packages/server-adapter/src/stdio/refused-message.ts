import { type SdkGeneration, unknownNameAnswer } from '../message/answers.js';
import type { JsonObject, Operation, RequestId } from '../message/json-rpc.js';
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
 * The answer to a request that the policy refuses. Missing scopes are named: a tool call gets them as a result, which models read, as they do
 * where a running tool demands more. No client can step up here, so nothing is a challenge.
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
  if (reason === 'stale') {
    const text =
      'This needs a newer or stronger sign-in than the one this server was started with.';
    return method === 'tools/call' ? failedCall(operation, text) : refusal(id, 403, text);
  }
  const missing = 'missing' in decision ? decision.missing : undefined;
  if (!missing || missing.length === 0) return refusal(id, 403, 'This caller may not do that.');
  const text = `This needs the scope ${missing.join(' ')}, which this server was not started with.`;
  return method === 'tools/call' ? failedCall(operation, text) : refusal(id, 403, text);
}

function failedCall(operation: Operation, text: string): JsonObject {
  const result = { content: [{ type: 'text', text }], isError: true };
  const { id } = operation;
  // Since 2026-07-28 a result says whether it is one.
  const complete = claimsRevision(operation) ? { resultType: 'complete' } : {};
  return { jsonrpc: '2.0', id, result: { ...complete, ...result } };
}
