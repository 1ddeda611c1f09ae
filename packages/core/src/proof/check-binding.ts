import type { Challenge } from '../http/challenge.js';
import type { Principal } from '../token/principal.js';
import { type Rejection, rejection } from '../token/rejection.js';
import type { ProofChecker, ProofContext } from './proof-checker.js';

/** Why a good token may not be used as it was. */
export interface BindingFault {
  readonly error: NonNullable<Challenge['error']>;
  readonly because: Rejection;
}

/**
 * Whether a verified token came as it has to: a bound one under `DPoP` with a proof, any other under `Bearer`. Without a
 * {@link ProofChecker} a bound token is refused, since nobody would check its proof.
 *
 * @returns `undefined` when nothing is wrong. A promise only where there is a proof to check.
 * @throws {ProviderUnavailableError} as the checker does.
 * @see RFC 9449 §7.1, §7.2
 */
export function checkBinding(
  proofs: ProofChecker | undefined,
  { confirmation }: Principal,
  context: Omit<ProofContext, 'jkt'>,
): BindingFault | undefined | Promise<BindingFault | undefined> {
  const { scheme } = context.token;
  if (!confirmation) {
    if (scheme === 'DPoP')
      return invalidToken('The token is not bound, so no proof can be for it.');
    return proofs?.required ? invalidToken('Only bound tokens are taken here.') : undefined;
  }
  if (!proofs) return invalidToken('DPoP is not set up for this resource.');
  // RFC 9449 §7.2: whoever stole the token would otherwise leave the proof out.
  if (scheme === 'Bearer') return invalidToken('The token is bound, and was sent as Bearer.');
  return checkProof(proofs, { ...context, jkt: confirmation.jkt });
}

async function checkProof(
  proofs: ProofChecker,
  context: ProofContext,
): Promise<BindingFault | undefined> {
  const answer = await proofs.check(context);
  if (answer.kind === 'proven') return undefined;
  const { error, detail } = answer;
  const code = error === 'use_dpop_nonce' ? 'nonce_required' : 'proof_invalid';
  return { error, because: rejection(code, detail) };
}

function invalidToken(detail: string): BindingFault {
  return { error: 'invalid_token', because: rejection('proof_invalid', detail) };
}
