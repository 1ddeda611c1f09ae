import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { EngineHooks } from '../engine/engine-hooks.js';
import { provenKey } from '../proof/proof-key.js';

/**
 * Looks at a refresh request while its token is still unused: the engine checks the resource only afterwards, and whoever then
 * corrects a mistake would be taken for a thief and lose the family. A public client's tokens are bound from its first proof on: the
 * engine binds what comes with a code, and would leave the successor of an unbound one unbound.
 *
 * @returns `true`: every refresh token is replaced at its use.
 * @see RFC 6749 §6, RFC 8707 §2.2, RFC 9449 §5
 */
export function refreshRotation(hooks: EngineHooks) {
  return async (ctx: KoaContextWithOIDC): Promise<boolean> => {
    const { client, params = {}, entities } = ctx.oidc;
    const { RefreshToken: token } = entities;
    if (!client || !token) throw new errors.InvalidGrant('the refresh token is not there');

    const named = [params.resource ?? token.resource].flat();
    const [resource] = named;
    if (
      named.length !== 1 ||
      typeof resource !== 'string' ||
      !token.resourceIndicators.has(resource)
    ) {
      throw new errors.InvalidTarget('the resource was not granted');
    }
    const { scope } = await hooks.resourceServer(ctx, resource, client);
    const granted = new Set(scope.split(' '));
    const requested = String(params.scope ?? token.scope ?? '');
    if (!requested.split(' ').some((one) => one !== '' && granted.has(one))) {
      throw new errors.InvalidScope('nothing of this may be allowed any more', requested);
    }
    const jkt = await provenKey(ctx);
    // The successor takes it over. A bound one was held to its key already.
    if (jkt !== undefined && client.clientAuthMethod === 'none') token.jkt = jkt;
    return true;
  };
}
