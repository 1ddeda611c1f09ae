import type { ProofAnswer } from '../proof/proof-checker.js';

/** The answer to a proof that is no good. @param detail - For operators; holds nothing of the proof. */
export function unproven(detail: string): Extract<ProofAnswer, { kind: 'unproven' }> {
  return { kind: 'unproven', error: 'invalid_dpop_proof', detail };
}
