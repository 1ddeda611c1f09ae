import { errors, type TokenEndpointGrantContext } from 'oidc-provider';
import { stringParameter } from '../engine/engine-context.js';
import type { GrantProofs } from '../proof/grant-proofs.js';
import { type ExchangeTools, exchangeToken } from './token-exchange.js';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** What a request may name beside the tokens; the engine drops all others. */
export const exchangeParameters = [
  'actor_token',
  'actor_token_type',
  'audience',
  'requested_token_type',
  'resource',
  'scope',
  'subject_token',
  'subject_token_type',
] as const;

/**
 * Answers an MCP server in another process that wants to call a further one. Access tokens for access tokens, and never a refresh
 * token: when the caller's access ends, so does this.
 *
 * @see RFC 8693 §2.1, §2.2
 */
export function tokenExchangeGrant(tools: ExchangeTools, proofs: GrantProofs) {
  return async (ctx: TokenEndpointGrantContext): Promise<void> => {
    const { client, params } = ctx.oidc;
    const by = tools.settings.resources.find(
      ({ server }) => server?.clientId === client.clientId && server.exchange,
    );
    if (!by) {
      throw new errors.UnauthorizedClient('only MCP servers that may call others exchange tokens');
    }
    const subjectToken = stringParameter(params.subject_token);
    if (subjectToken === undefined) throw new errors.InvalidRequest('subject_token is missing');
    if (params.subject_token_type !== ACCESS_TOKEN) {
      throw new errors.InvalidRequest(`subject_token_type must be ${ACCESS_TOKEN}`);
    }
    if ((params.requested_token_type ?? ACCESS_TOKEN) !== ACCESS_TOKEN) {
      throw new errors.InvalidRequest(`requested_token_type must be ${ACCESS_TOKEN}`);
    }
    if (params.actor_token !== undefined || params.actor_token_type !== undefined) {
      throw new errors.InvalidRequest('actor_token is not supported: the client is the actor');
    }
    const { value, scheme, scope, expiresIn } = await exchangeToken(tools, {
      by,
      client,
      subjectToken,
      audiences: [params.audience ?? [], params.resource ?? []].flat(2).map(String),
      scope: stringParameter(params.scope),
      jkt: await proofs.keyOf(ctx),
    });
    ctx.body = {
      access_token: value,
      issued_token_type: ACCESS_TOKEN,
      token_type: scheme,
      expires_in: expiresIn,
      scope,
    };
  };
}
