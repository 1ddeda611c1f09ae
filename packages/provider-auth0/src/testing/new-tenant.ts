import { randomBytes } from 'node:crypto';
import type { Tenant, TenantApi, TenantClient, TenantClientGrant } from './tenant.js';

/** What the Management API of a new tenant lets an administrator's program do. */
const managementScopes = [
  ...['read', 'create', 'update', 'delete'].flatMap((verb) =>
    ['resource_servers', 'connections', 'clients', 'client_grants'].map(
      (noun) => `${verb}:${noun}`,
    ),
  ),
  ...['read:tenant_settings', 'update:tenant_settings'],
];

/** An id such as Auth0 makes them. */
export const tenantId = (prefix: string): string => `${prefix}${randomBytes(12).toString('hex')}`;

/**
 * A tenant as Auth0 hands it out: one connection that third parties may not use, no API but the Management API, no client, and
 * every switch that MCP needs still off.
 */
export function newTenant(issuer: string): Tenant {
  const management: TenantApi = {
    ...{ id: tenantId(''), identifier: `${issuer}api/v2/`, name: 'Auth0 Management API' },
    is_system: true,
    scopes: managementScopes.map((value) => ({ value })),
    ...{ signing_alg: 'RS256', token_dialect: 'access_token', enforce_policies: false },
    ...{ token_lifetime: 86_400, allow_offline_access: false },
    subject_type_authorization: {
      user: { policy: 'allow_all' },
      client: { policy: 'require_client_grant' },
    },
  };
  const connection = {
    ...{ id: tenantId('con_'), name: 'Username-Password-Authentication', strategy: 'auth0' },
    is_domain_connection: false,
  };
  return {
    issuer,
    settings: {
      resource_parameter_profile: 'audience',
      default_audience: '',
      authorization_response_iss_parameter_supported: false,
      client_id_metadata_document_supported: false,
      dynamic_client_registration_security_mode: 'strict',
      flags: { enable_dynamic_client_registration: false, remove_alg_from_jwks: false },
    },
    user: { user_id: 'auth0|66f0c0ffee', permissions: [] },
    apis: new Map([[management.id, management]]),
    connections: new Map([[connection.id, connection]]),
    clients: new Map(),
    clientGrants: new Map(),
    clientDocuments: new Map(),
  };
}

/** Which API an MCP server needs, and who holds which of its scopes. */
export interface McpApi {
  /** The canonical URI of the MCP server. */
  readonly identifier: string;
  readonly scopes: readonly string[];
  /** Default `rfc9068_profile_authz`. */
  readonly dialect?: TenantApi['token_dialect'];
}

/** Everything that a tenant needs before MCP clients can use it: what an administrator clicks together, or a set-up program does. */
export function setUpForMcp(tenant: Tenant, { identifier, scopes, dialect }: McpApi): void {
  const api: TenantApi = {
    ...{ id: tenantId(''), identifier, name: 'MCP server', is_system: false },
    scopes: scopes.map((value) => ({ value, description: `Use ${value}` })),
    ...{ signing_alg: 'RS256', token_dialect: dialect ?? 'rfc9068_profile_authz' },
    ...{ enforce_policies: true, token_lifetime: 86_400, allow_offline_access: true },
    subject_type_authorization: {
      user: { policy: 'allow_all' },
      client: { policy: 'require_client_grant' },
    },
  };
  tenant.apis.set(api.id, api);
  tenant.settings = {
    ...tenant.settings,
    resource_parameter_profile: 'compatibility',
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    flags: { ...tenant.settings.flags, enable_dynamic_client_registration: true },
  };
  for (const connection of tenant.connections.values()) {
    tenant.connections.set(connection.id, { ...connection, is_domain_connection: true });
  }
  grantTo(tenant, {
    ...{ default_for: 'third_party_clients', audience: identifier, scope: scopes },
    subject_type: 'user',
  });
  const assigned = scopes.map((permission_name) => ({
    permission_name,
    resource_server_identifier: identifier,
  }));
  tenant.user = { ...tenant.user, permissions: [...tenant.user.permissions, ...assigned] };
}

/** Adds a client grant. */
export function grantTo(tenant: Tenant, grant: Omit<TenantClientGrant, 'id'>): void {
  const id = tenantId('cgr_');
  tenant.clientGrants.set(id, { id, ...grant });
}

/** Adds a confidential client that acts for itself, with the grants that an administrator gives it. */
export function addMachine(
  tenant: Tenant,
  machine: Pick<TenantClient, 'client_id' | 'name'> & {
    readonly client_secret: string;
    readonly audience: string;
    readonly scope: readonly string[];
  },
): void {
  const { audience, scope, ...named } = machine;
  tenant.clients.set(named.client_id, {
    ...named,
    ...{ app_type: 'non_interactive', callbacks: [], grant_types: ['client_credentials'] },
    ...{ token_endpoint_auth_method: 'client_secret_post', is_first_party: true },
  });
  grantTo(tenant, { client_id: named.client_id, audience, scope, subject_type: 'client' });
}
