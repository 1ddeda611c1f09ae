import type { RejectionCode } from '../token/rejection.js';
import {
  type BadToken,
  type BadTokenContext,
  type BadTokenKind,
  badTokenKinds,
  badTokens,
  judgementOrder,
} from './bad-tokens.js';
import { combineChanges, type TokenChange } from './token-change.js';

/** A token with two faults at once. */
export interface FaultPair {
  readonly kinds: readonly [BadTokenKind, BadTokenKind];
  readonly change: TokenChange;
  /** What every provider has to answer: the code of the fault that is found first. */
  readonly code: RejectionCode;
}

/** Every pair of two bad tokens whose changes do not contradict each other, with the one right answer. */
export function faultPairs(context: BadTokenContext): readonly FaultPair[] {
  return badTokenKinds.flatMap((one, index) =>
    badTokenKinds.slice(index + 1).flatMap((other): readonly FaultPair[] => {
      const [left, right] = [badTokens[one], badTokens[other]];
      const change = combineChanges(left.change(context), right.change(context));
      if (!change) return [];
      const { code } = stepOf(left) <= stepOf(right) ? left : right;
      return [{ kinds: [one, other], change, code }];
    }),
  );
}

const stepOf = ({ foundAt }: BadToken): number => judgementOrder.indexOf(foundAt);
