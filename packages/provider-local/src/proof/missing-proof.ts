import type { KoaContextWithOIDC } from 'oidc-provider';
import { NO_PROOF } from './grant-proofs.js';

/** The engine calls a grant invalid where only its proof is missing, and clients throw away refresh tokens for that. */
export function spellOutMissingProof(ctx: KoaContextWithOIDC, detail: string | undefined): void {
  if (detail !== 'DPoP proof JWT not provided') return;
  ctx.body = { error: 'invalid_dpop_proof', error_description: NO_PROOF };
}
