import { errors, type TokenEndpointGrantContext } from 'oidc-provider';
import type { EngineHooks } from '../engine/engine-hooks.js';
import type { GrantProofs } from '../proof/grant-proofs.js';
import { type EndedOf, hasEnded } from '../revocation/ended-before.js';
import type { Settings } from '../settings.js';
import type { VerifiedAssertion } from './assertion-verifier.js';

/** What the two kinds of assertion share. */
export interface AssertionGrant {
  readonly ctx: TokenEndpointGrantContext;
  readonly settings: Settings;
  readonly hooks: EngineHooks;
  readonly proofs: GrantProofs;
  readonly assertion: string;
}

/** Lets nobody back in by what was signed before their access was taken away. */
export async function refuseEnded(
  { settings }: AssertionGrant,
  { claims }: VerifiedAssertion,
  ...holders: readonly EndedOf[]
): Promise<void> {
  for (const holder of holders) {
    if (await hasEnded(settings.store, holder, claims.iat)) {
      throw new errors.InvalidGrant('The assertion is older than the end of all access.');
    }
  }
}
