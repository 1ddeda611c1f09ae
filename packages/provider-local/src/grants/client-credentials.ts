import { errors, type TokenEndpointGrantContext } from 'oidc-provider';
import { ceilingOf } from '../clients/client-ceiling.js';
import { type EngineHooks, resourceOf } from '../engine/engine-hooks.js';
import { noteToken, type TokenNotes } from '../engine/token-notes.js';
import type { LocalResource } from '../local-options.js';
import type { GrantProofs } from '../proof/grant-proofs.js';
import type { Settings } from '../settings.js';
import { isKnown, narrowScopes } from './scope-choice.js';

/**
 * A token for a client that acts for itself: what it asks for and the operator allowed, cut out by the vocabulary.
 * The engine's own handler checks neither. Only clients of the operator get here (EXT-01): registration strips the grant from all
 * others, and without an allowance there is nothing to intersect.
 *
 * @see RFC 6749 §4.4, RFC 8707 §2.2
 */
export function clientCredentialsGrant(
  settings: Settings,
  hooks: EngineHooks,
  proofs: GrantProofs,
) {
  return async (ctx: TokenEndpointGrantContext): Promise<void> => {
    const { client, params } = ctx.oidc;
    const ceiling = ceilingOf(client.clientId, settings);
    if (ceiling === undefined) {
      throw new errors.UnauthorizedClient('only clients of the operator may act for themselves');
    }
    const identifiers = [params.resource ?? (await hooks.defaultResource(ctx, client))].flat();
    if (identifiers.length > 1) throw new errors.InvalidTarget('only one resource may be named');
    const resource = resourceOf(settings, identifiers[0]);

    const requested = params.scope;
    const scopes =
      requested === undefined
        ? ceiling.filter((scope) => isKnown(resource.scopes, scope))
        : narrowScopes(resource, requested, ceiling);
    if (scopes.length === 0) {
      throw new errors.InvalidScope('nothing of this is allowed to the client', requested ?? '');
    }

    await issueClientToken(ctx, hooks, { resource, scopes, jkt: await proofs.keyOf(ctx) });
  };
}

/** What a client's own token is for, and the thumbprint of the key that it is bound to. */
export interface ClientTokenFacts {
  readonly resource: LocalResource;
  readonly scopes: readonly string[];
  readonly jkt: string | undefined;
  readonly notes?: TokenNotes;
}

/** Answers with a token that the client of the request has for itself. */
export async function issueClientToken(
  ctx: TokenEndpointGrantContext,
  hooks: EngineHooks,
  { resource: { resource }, scopes, jkt, notes = {} }: ClientTokenFacts,
): Promise<void> {
  const { client, provider } = ctx.oidc;
  const scope = scopes.join(' ');
  const token = new provider.ClientCredentials({ client, scope });
  if (jkt !== undefined) token.setThumbprint('jkt', jkt);
  const info = await hooks.resourceServer(ctx, resource, client);
  token.resourceServer = new provider.ResourceServer(resource, { ...info, scope });
  noteToken(token, notes);
  ctx.oidc.entity('ClientCredentials', token);
  ctx.body = {
    access_token: await token.save(),
    expires_in: token.expiration,
    scope,
    token_type: token.tokenType,
  };
}
