import {
  type AccessDecision,
  type AccessRequest,
  type OAuthFault,
  oauthFault,
} from '@portcullis/core/testing';
import { grantable, notAuthorized, notEnabled } from './access-rules.js';
import { ownClaims } from './own-claims.js';
import { apiOf, clientGrantOf, clientOf, type Tenant } from './tenant.js';
import type { TenantKeys } from './tenant-keys.js';

type Claims = Readonly<Record<string, unknown>>;

/** The grant type of RFC 8693. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** The only type of token that goes in and comes out. */
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const MAX_ACTORS = 4;

/**
 * Who acts, once a client has exchanged a token: the client, and whoever acted before (RFC 8693
 * §4.1).
 */
export function actorsAfter(clientId: string, subjectToken: Claims): Claims {
  const { act } = subjectToken;
  return { sub: clientId, ...(act === undefined ? {} : { act }) };
}

/** The claims of a token that was verified before. */
export const claimsOf = (token: unknown): Claims =>
  JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());

/** On-behalf-of exchange, as Auth0 offers it to an application that is an API itself. */
export async function decideExchange(
  tenant: Tenant,
  keys: TenantKeys,
  request: AccessRequest,
  now: number,
): Promise<AccessDecision | OAuthFault | undefined> {
  if (request.grantType !== TOKEN_EXCHANGE) return undefined;
  const { parameters, audience, scopes } = request;
  const client = clientOf(tenant, request.client.clientId);
  const allowed = client?.token_exchange?.allow_any_profile_of_type ?? [];
  const own = client?.resource_server_identifier;
  if (!client || own === undefined || !allowed.includes('on_behalf_of_token_exchange')) {
    const sentence = `Grant type '${TOKEN_EXCHANGE}' not allowed for the client.`;
    return oauthFault('unauthorized_client', sentence, 'grant_type_not_allowed');
  }
  const { subject_token_type: given, requested_token_type: wanted = ACCESS_TOKEN } = parameters;
  if (given !== ACCESS_TOKEN || wanted !== ACCESS_TOKEN) {
    return oauthFault('invalid_request', 'Unsupported token type.');
  }
  const subjectToken = String(parameters.subject_token);
  const claims = await ownClaims({ tenant, keys, now }, subjectToken, own);
  if (!claims) return oauthFault('invalid_grant', 'Invalid subject token.');
  const api = audience === undefined ? undefined : apiOf(tenant, audience);
  if (!api) return notEnabled(String(audience));
  if (actorCount(actorsAfter(client.client_id, claims)) > MAX_ACTORS) {
    return oauthFault('invalid_request', 'Too many actors in the subject token.');
  }
  const grant = clientGrantOf(tenant, client, { audience: api.identifier, subjectType: 'user' });
  const { policy } = api.subject_type_authorization.user;
  if (policy === 'deny_all' || (policy === 'require_client_grant' && !grant)) {
    return notAuthorized(client, api.identifier);
  }
  const offered = grantable(tenant, api, grant?.scope);
  return {
    audience: [api.identifier],
    scopes: scopes.filter((scope) => offered.includes(scope)),
    subject: String(claims.sub),
  };
}

function actorCount(act: unknown): number {
  if (typeof act !== 'object' || act === null) return 0;
  return 1 + actorCount((act as Claims).act);
}
