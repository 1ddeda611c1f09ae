import { readParameters } from '../request-parameters.js';
import { text } from './access-request.js';
import type { EndpointContext } from './authorization-options.js';
import { type OAuthFault, oauthFault } from './oauth-fault.js';

/** Ends a refresh token and all that came of its grant. An unknown token is answered 200 as well (RFC 7009 §2.2). */
export async function revokeEndpoint(
  { options, clients, grants }: EndpointContext,
  request: Request,
): Promise<Response | OAuthFault> {
  const parameters = await readParameters(request);
  const token = parameters && text(parameters, 'token');
  if (!parameters || token === undefined) {
    const sentence = 'The request is not a form with a token.';
    return oauthFault('invalid_request', sentence, 'malformed_request');
  }
  const client = await clients.authenticate(request.headers.get('authorization'), parameters);
  if ('kind' in client) return client;
  if (options.revocable?.(client) === false) {
    return oauthFault('invalid_client', 'The client may not revoke.', 'not_revocable');
  }
  const access = grants.peekRefreshToken(token);
  if (access?.client.clientId === client.clientId) grants.revoke(token);
  return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } });
}
