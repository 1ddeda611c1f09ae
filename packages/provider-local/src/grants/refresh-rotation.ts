import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { EngineHooks } from '../engine/engine-hooks.js';

/**
 * Looks at a refresh request while its token is still unused: the engine checks the resource only afterwards, and whoever then
 * corrects a mistake would be taken for a thief and lose the family.
 *
 * @returns `true`: every refresh token is replaced at its use.
 * @see RFC 6749 §6, RFC 8707 §2.2
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
    return true;
  };
}
