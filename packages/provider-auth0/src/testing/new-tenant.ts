import { randomBytes } from 'node:crypto';
import type { Tenant, TenantApi } from './tenant.js';

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
 * A tenant as Auth0 hands it out: one connection that third parties may not use, no API but the
 * Management API, no client, and every switch that MCP needs still off.
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
