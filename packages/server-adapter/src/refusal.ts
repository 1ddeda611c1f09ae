import { challengeResponse, type Decision, type Gate, type Principal } from '@portcullis/core';
import { forbidden } from './http/verb-size-media-type.js';
import {
  invalidInputResponse,
  type SdkGeneration,
  unknownNameResponse,
} from './message/answers.js';
import type { Message } from './message/operations.js';
import type { OperationDecision } from './policy/decision.js';

/** How long the list of scopes already held may be, in characters, before it would crowd the challenge's header. */
const MAX_ECHO = 4096;

/**
 * The answer to a message of which anything is refused, `undefined` when all of it may pass. A batch is one HTTP
 * request: it passes only if every call in it does.
 */
export function refusalOf<S extends string>(
  gate: Gate<S>,
  principal: Principal,
  message: Message,
  decisions: readonly OperationDecision<S>[],
  sdk: SdkGeneration,
): Response | undefined {
  const refused = decisions.filter(({ decision }) => !decision.allowed);
  const [first] = refused;
  if (first === undefined) return undefined;

  const beyondConsent = refused.filter(({ decision }) => 'reason' in decision);
  if (beyondConsent.length === 0) {
    const asked = decisions.flatMap(({ decision }) => (isScopes(decision) ? [decision] : []));
    const also = echoed(principal, message);
    return challengeResponse(gate.challenge(asked, { principal, also }));
  }
  if (message.batch) return forbidden('A call in this batch is not allowed');
  const { operation, subject, decision } = first;
  if ('reason' in decision && decision.reason === 'no_entry') {
    return unknownNameResponse(operation, subject, message.era, sdk);
  }
  if ('reason' in decision && decision.reason === 'invalid_input') {
    return invalidInputResponse(operation, decision.problem, message.era);
  }
  return forbidden('This caller may not do that');
}

function isScopes<S extends string>(
  decision: OperationDecision<S>['decision'],
): decision is Decision<S> {
  return !('reason' in decision);
}

/** The scopes of a caller without those that a role gives, which no client can ask for. */
function consented({ scopes, mapped = [] }: Principal): readonly string[] {
  const assigned = new Set(mapped.flatMap((grant) => (grant.by === 'role' ? grant.scopes : [])));
  return scopes.filter((scope) => !assigned.has(scope));
}

/**
 * Clients of 2025 revisions replace their scopes by those of the challenge, so they also get what they hold; those of
 * 2026-07-28 accumulate by themselves (RS-29).
 */
function echoed(principal: Principal, message: Message): readonly string[] {
  if (message.era === 'modern') return [];
  // Refresh tokens are no business of a resource: MCP 2026-07-28, "Refresh Tokens".
  const held = consented(principal).filter((scope) => scope !== 'offline_access');
  return held.join(' ').length <= MAX_ECHO ? held : [];
}
