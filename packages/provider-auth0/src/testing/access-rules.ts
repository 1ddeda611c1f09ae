import {
  type AccessDecision,
  type AccessRequest,
  type OAuthFault,
  oauthFault,
} from '@portcullis/core/testing';
import { permissionsOf } from './access-token.js';
import {
  apiOf,
  clientGrantOf,
  clientOf,
  type Tenant,
  type TenantApi,
  type TenantClient,
} from './tenant.js';

const oidcScopes = ['openid', 'profile', 'email'];

/** The audience that stands for the tenant itself: a token for nothing else is opaque. */
export const userinfoOf = (tenant: Tenant): string => `${tenant.issuer}userinfo`;

/**
 * Which API and scopes a request gets, by the tenant's switches and grants; or how Auth0 refuses
 * it.
 */
export function decideAccess(tenant: Tenant, request: AccessRequest): AccessDecision | OAuthFault {
  const client = clientOf(tenant, request.client.clientId);
  if (!client) return oauthFault('access_denied', 'Unauthorized', 'unknown_client');
  return request.grantType === 'client_credentials'
    ? accessForItself(tenant, client, request)
    : accessForPerson(tenant, client, request);
}

/** Whether a client is held to the rules for third parties. */
const isStrict = (client: TenantClient): boolean =>
  !client.is_first_party && client.third_party_security_mode !== 'permissive';

function accessForPerson(
  tenant: Tenant,
  client: TenantClient,
  request: AccessRequest,
): AccessDecision | OAuthFault {
  const { settings } = tenant;
  const { parameters, resources, scopes } = request;
  const strict = isStrict(client);
  if (strict && ('request' in parameters || 'request_uri' in parameters)) {
    return oauthFault('invalid_request', 'Third party clients cannot send request objects.');
  }
  const anyConnection = [...tenant.connections.values()].some((each) => each.is_domain_connection);
  if (!client.is_first_party && !anyConnection) {
    return oauthFault('invalid_request', 'no connections enabled for the client');
  }
  const { organization } = parameters;
  if (organization !== undefined && organization !== tenant.user.organization?.id) {
    return oauthFault('invalid_request', 'parameter organization is invalid');
  }
  const byResource =
    settings.resource_parameter_profile === 'compatibility' ? resources[0] : undefined;
  const asked = request.audience ?? byResource ?? (settings.default_audience || undefined);
  const userinfo = userinfoOf(tenant);
  if (asked === undefined || asked === userinfo) {
    const sentence =
      'The userinfo audience is not allowed for third party clients. Please specify a valid API audience.';
    if (strict) return oauthFault('invalid_request', sentence);
    return { audience: [userinfo], scopes: scopes.filter((each) => oidcScopes.includes(each)) };
  }
  const api = apiOf(tenant, asked);
  if (!api) return notEnabled(asked);

  const grant = clientGrantOf(tenant, client, { audience: asked, subjectType: 'user' });
  const { policy } = api.subject_type_authorization.user;
  const open = policy === 'allow_all' && !strict;
  if (policy === 'deny_all' || !(open || grant)) return notAuthorized(client, asked);

  const own = grantable(tenant, api, grant?.scope);
  const offline = api.allow_offline_access && client.grant_types.includes('refresh_token');
  const granted = scopes.filter(
    (scope) =>
      own.includes(scope) ||
      (scope === 'offline_access' && offline) ||
      (!strict && oidcScopes.includes(scope)),
  );
  return {
    audience: granted.includes('openid') ? [asked, userinfo] : [asked],
    scopes: granted,
    subject: tenant.user.user_id,
  };
}

/**
 * `resource` is not looked at here: the compatibility profile covers what people do, not client
 * credentials.
 */
function accessForItself(
  tenant: Tenant,
  client: TenantClient,
  request: AccessRequest,
): AccessDecision | OAuthFault {
  const asked = request.audience ?? (tenant.settings.default_audience || undefined);
  if (asked === undefined) {
    const sentence =
      'No audience parameter was provided, and no default audience has been configured';
    return oauthFault('access_denied', sentence);
  }
  if (!apiOf(tenant, asked)) return notEnabled(asked);
  const grant = clientGrantOf(tenant, client, { audience: asked, subjectType: 'client' });
  if (!grant) {
    const sentence = `Client is not authorized to access "${asked}". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`;
    return oauthFault('access_denied', sentence);
  }
  const beyond = request.scopes.filter((scope) => !grant.scope.includes(scope));
  if (beyond.length > 0) {
    const sentence = `Client has not been granted scopes: ${beyond.join(', ')}`;
    return oauthFault('access_denied', sentence);
  }
  return { audience: [asked], scopes: request.scopes.length > 0 ? request.scopes : grant.scope };
}

/** The API's scopes that the client grant has and, under RBAC, the person was assigned. */
export function grantable(
  tenant: Tenant,
  api: TenantApi,
  granted: readonly string[] | undefined,
): readonly string[] {
  const assigned = api.enforce_policies ? permissionsOf(tenant, api) : undefined;
  return api.scopes
    .map(({ value }) => value)
    .filter((scope) => granted === undefined || granted.includes(scope))
    .filter((scope) => assigned === undefined || assigned.includes(scope));
}

/** No API has this identifier. */
export const notEnabled = (audience: string): OAuthFault =>
  oauthFault('access_denied', `Service not enabled within domain: ${audience}`);

/** No client grant, and the API demands one. */
export function notAuthorized(client: TenantClient, audience: string): OAuthFault {
  const id = client.external_client_id ?? client.client_id;
  const sentence = `Client "${id}" is not authorized to access resource server "${audience}".`;
  return oauthFault('unauthorized_client', sentence);
}
