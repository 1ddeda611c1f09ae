import { errors, type TokenEndpointGrantContext } from 'oidc-provider';
import { stringParameter } from '../engine/engine-context.js';
import type { EngineHooks } from '../engine/engine-hooks.js';
import type { GrantProofs } from '../proof/grant-proofs.js';
import type { Settings } from '../settings.js';
import { identityGrant } from './identity-grant.js';
import { workloadGrant } from './workload-grant.js';

/**
 * A token for an assertion of somebody whom the operator trusts: of an identity provider about a person, presented by a client that
 * has authenticated, or of a platform about the workload that presents it. No refresh token: for another token there is another assertion.
 *
 * @see RFC 7523 §2.1, draft-ietf-oauth-identity-assertion-authz-grant §4.4
 */
export function jwtBearerGrant(settings: Settings, hooks: EngineHooks, proofs: GrantProofs) {
  return async (ctx: TokenEndpointGrantContext): Promise<void> => {
    const { client, params } = ctx.oidc;
    const assertion = stringParameter(params.assertion);
    if (assertion === undefined) throw new errors.InvalidRequest('assertion is missing');
    const grant = { ctx, settings, hooks, proofs, assertion };
    if (settings.assertions.isWorkload(client.clientId)) await workloadGrant(grant);
    else await identityGrant(grant);
  };
}
