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

/**
 * Every pair of two bad tokens whose changes do not contradict each other, with the one right answer.
 *
 * Left out are the pairs that no two issuers need to agree on: an ID token is told by its `typ`, before its signature, where
 * access tokens have a `typ` of their own (RFC 9068), otherwise by its claims, so another fault may be found before or after.
 */
export function faultPairs(context: BadTokenContext): readonly FaultPair[] {
  return badTokenKinds.flatMap((one, index) =>
    badTokenKinds.slice(index + 1).flatMap((other): readonly FaultPair[] => {
      const [left, right] = [badTokens[one], badTokens[other]];
      const change = combineChanges(left.change(context), right.change(context));
      const codes = possibleAnswers(left, right);
      const [code] = codes;
      if (!change || code === undefined || codes.length > 1) return [];
      return [{ kinds: [one, other], change, code }];
    }),
  );
}

/** More than one where the answer depends on the issuer's kind of `typ`. */
function possibleAnswers(left: BadToken, right: BadToken): readonly RejectionCode[] {
  const codes = left.foundAt.flatMap((ours) =>
    right.foundAt.map((theirs) =>
      judgementOrder.indexOf(ours) <= judgementOrder.indexOf(theirs) ? left.code : right.code,
    ),
  );
  return [...new Set(codes)];
}
