import {
  type Challenge,
  challengeResponse,
  type Decision,
  type Gate,
  type Principal,
} from '@portcullis/core';
import type { Delivery } from './audit/trail.js';
import { forbidden } from './http/verb-size-media-type.js';
import { limitedResponse, limiterUnavailable } from './limits/answers.js';
import {
  type Denial,
  deniedInBand,
  invalidInputResponse,
  type SdkGeneration,
  unknownNameResponse,
} from './message/answers.js';
import type { Message } from './message/operations.js';
import type { OperationDecision } from './policy/decision.js';

/** How long the list of scopes already held may be, in characters, before it would crowd the challenge's header. */
const MAX_ECHO = 4096;

/** What {@link refusalOf} goes by beside the decisions. */
export interface RefusalOptions {
  readonly sdk: SdkGeneration;
  /** Whether the client drops challenges, so that it is told within the protocol. */
  readonly inBand: boolean;
}

/** The answer to a message that was refused, and how it says so. */
export interface Refusal {
  readonly response: Response;
  readonly delivery: Delivery;
}

/**
 * The answer to a message of which anything is refused, `undefined` when all of it may pass. A batch is one HTTP
 * request: it passes only if every call in it does.
 */
export function refusalOf<S extends string>(
  gate: Gate<S>,
  principal: Principal,
  message: Message,
  decisions: readonly OperationDecision<S>[],
  { sdk, inBand }: RefusalOptions,
): Refusal | undefined {
  const refused = decisions.filter(({ decision }) => !decision.allowed);
  const [first] = refused;
  if (first === undefined) return undefined;

  const beyondConsent = refused.filter(({ decision }) => !isAskable(decision));
  if (beyondConsent.length === 0) {
    const asked = decisions.flatMap(({ decision }) => (isAskable(decision) ? [decision] : []));
    const also = echoed(principal, message);
    const challenge = gate.challenge(asked, { principal, also });
    return (
      (inBand && withinProtocol(message, denialOf(challenge))) ||
      delivered(challengeResponse(challenge))
    );
  }
  const { operation, subject, decision } = beyondConsent[0] ?? first;
  const reason = 'reason' in decision ? decision.reason : undefined;
  if (reason === 'limiter_unavailable') return delivered(limiterUnavailable());
  if (reason === 'rate_limited' || reason === 'too_many_open') {
    return delivered(limitedResponse(reason, 'retryAfter' in decision ? decision.retryAfter : 1));
  }
  const told = inBand && reason !== 'no_entry' && reason !== 'invalid_input';
  const bland = reason === 'challenge_exhausted' ? EXHAUSTED : 'This caller may not do that';
  const denial = { text: bland, data: { error: 'access_denied' } };
  const plain = (told && withinProtocol(message, denial)) || undefined;
  if (plain) return plain;
  if (message.batch) return delivered(forbidden('A call in this batch is not allowed'));
  if (reason === 'no_entry') {
    return delivered(unknownNameResponse(operation, subject, message.era, sdk));
  }
  if ('problem' in decision && reason === 'invalid_input') {
    return delivered(invalidInputResponse(operation, decision.problem, message.era));
  }
  return delivered(forbidden(bland));
}

/** For somebody who was asked, and came back with nothing more. */
const EXHAUSTED =
  'What this needs was asked for before and not granted; it can be asked for again in a few minutes';

const delivered = (response: Response): Refusal => ({
  response,
  delivery: { status: response.status },
});

function withinProtocol(message: Message, denial: Denial): Refusal | undefined {
  const response = deniedInBand(message.operations, denial, message.era);
  return response && { response, delivery: { status: response.status, inBand: true } };
}

/** A challenge in words, and with the members that its header would have. */
function denialOf({ error, scopes, maxAge, acrValues, resourceMetadata }: Challenge): Denial {
  const scope = scopes.join(' ');
  const stale = error === 'insufficient_user_authentication';
  const text = stale
    ? 'This needs a more recent or stronger sign-in. Disconnect from this server, connect again and sign in.'
    : `This needs the scopes ${scope}, which the access token does not all hold. Disconnect from this server, connect again and allow them.`;
  const data = {
    error,
    ...(scope === '' ? {} : { scope }),
    ...(maxAge === undefined ? {} : { max_age: maxAge }),
    ...(acrValues ? { acr_values: acrValues.join(' ') } : {}),
    resource_metadata: resourceMetadata,
  };
  return { text, data };
}

/** Whether asking the person could help, or nothing has to be asked. */
function isAskable<S extends string>(
  decision: OperationDecision<S>['decision'],
): decision is Decision<S> {
  return !('reason' in decision) || decision.reason === 'stale';
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
