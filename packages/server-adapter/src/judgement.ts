import type { Gate, Principal } from '@portcullis/core';
import type { Limits } from './limits/limits.js';
import type { LoopBreaker } from './limits/loop-breaker.js';
import type { SdkGeneration } from './message/answers.js';
import type { Message } from './message/operations.js';
import type { CompiledPolicy } from './policy/compiled-policy.js';
import { allowedToOwner, decide, type OperationDecision } from './policy/decision.js';
import { type Refusal, refusalOf } from './refusal.js';

/** Who drops a challenge, so that a denial has to reach them within the protocol. */
export type DenyInBand = readonly string[] | ((principal: Principal) => boolean);

/** What {@link judgeMessage} goes by. */
export interface Judges<S extends string> {
  readonly gate: Gate<S>;
  readonly policy: CompiledPolicy<S>;
  readonly breaker: LoopBreaker;
  readonly limits: Limits;
  readonly denyInBand: DenyInBand;
  readonly sdk: SdkGeneration;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What becomes of a message. */
export interface Judgement<S extends string> {
  /** One for each operation, and one for each act of a session's owner. */
  readonly decisions: readonly OperationDecision<S>[];
  /** Absent where all of it may pass. */
  readonly refusal?: Refusal;
  /** To be called when the answer is over; absent where it was refused. */
  readonly end?: () => void;
}

/** Policy first, then what was asked before, then how often: what is refused anyway is not counted. Dispatches nothing. */
export async function judgeMessage<S extends string>(
  judges: Judges<S>,
  principal: Principal,
  message: Message,
): Promise<Judgement<S>> {
  const { gate, policy, breaker, limits, denyInBand, sdk } = judges;
  const now = judges.clock();
  const seconds = Math.floor(now / 1000);
  const decided = await decide(policy, gate, principal, message.operations, seconds);
  const inBand = isDeniedInBand(denyInBand, principal);
  // Who is never challenged cannot come back for more.
  const judged = inBand ? decided : await breaker.judge(principal, decided, now);
  const all = [...judged, ...message.owned.map(allowedToOwner)];
  const passes = all.every(({ decision }) => decision.allowed);
  const { decisions, end } = passes
    ? await limits.admit(principal, all, now)
    : { decisions: all, end: undefined };
  const refusal = refusalOf(gate, principal, message, decisions, { sdk, inBand });
  return { decisions, ...(refusal ? { refusal } : {}), ...(end ? { end } : {}) };
}

/** A function that throws declares nobody: the answer of the specification is the safe one. */
function isDeniedInBand(declared: DenyInBand, principal: Principal): boolean {
  if (typeof declared !== 'function') return declared.includes(principal.clientId);
  try {
    return declared(principal) === true;
  } catch {
    return false;
  }
}
