import { tenantId } from './new-tenant.js';
import type { Tenant, TenantApi, TenantClient, TenantClientGrant } from './tenant.js';

/** An API to add. */
export interface NewApi {
  /** For an MCP server its canonical URI, byte for byte. */
  readonly identifier: string;
  readonly scopes: readonly string[];
  /** Default `rfc9068_profile_authz`. */
  readonly dialect?: TenantApi['token_dialect'];
  /** Default `RS256`. */
  readonly algorithm?: TenantApi['signing_alg'];
}

/** Adds an API under RBAC, and assigns all its scopes to the person. */
export function addApi(tenant: Tenant, api: NewApi): TenantApi {
  const { identifier, scopes, dialect = 'rfc9068_profile_authz', algorithm = 'RS256' } = api;
  const added: TenantApi = {
    ...{ id: tenantId(''), identifier, name: identifier, is_system: false },
    scopes: scopes.map((value) => ({ value, description: `Use ${value}` })),
    ...{ signing_alg: algorithm, token_dialect: dialect, enforce_policies: true },
    ...{ token_lifetime: 86_400, allow_offline_access: true },
    subject_type_authorization: {
      user: { policy: 'allow_all' },
      client: { policy: 'require_client_grant' },
    },
  };
  tenant.apis.set(added.id, added);
  const assigned = scopes.map((permission_name) => ({
    permission_name,
    resource_server_identifier: identifier,
  }));
  tenant.user = { ...tenant.user, permissions: [...tenant.user.permissions, ...assigned] };
  return added;
}

/**
 * Everything that MCP clients need of a tenant: what an administrator clicks together, or a set-up
 * program does.
 */
export function setUpForMcp(tenant: Tenant, api: NewApi): void {
  const { identifier, scopes } = api;
  addApi(tenant, api);
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
  addGrant(tenant, {
    ...{ default_for: 'third_party_clients', audience: identifier, scope: scopes },
    subject_type: 'user',
  });
}

/** Adds a client grant. */
export function addGrant(tenant: Tenant, grant: Omit<TenantClientGrant, 'id'>): void {
  const id = tenantId('cgr_');
  tenant.clientGrants.set(id, { id, ...grant });
}

/** Adds a first-party application that people sign in to; without a secret it is public. */
export function addApplication(
  tenant: Tenant,
  application: Pick<TenantClient, 'client_id' | 'client_secret' | 'callbacks'>,
): void {
  const isPublic = application.client_secret === undefined;
  tenant.clients.set(application.client_id, {
    ...{ name: application.client_id, app_type: isPublic ? 'native' : 'regular_web' },
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_post',
    is_first_party: true,
    ...application,
  });
}

/** A program that acts for itself, and what it may do. */
export interface NewMachine {
  readonly client_id: string;
  readonly client_secret: string;
  readonly audience: string;
  readonly scope: readonly string[];
}

/** Adds a confidential client with the client credentials grant, and a client grant for one API. */
export function addMachine(tenant: Tenant, machine: NewMachine): void {
  const { client_id, client_secret, audience, scope } = machine;
  tenant.clients.set(client_id, {
    ...{ client_id, client_secret, name: client_id, app_type: 'non_interactive' },
    ...{ callbacks: [], grant_types: ['client_credentials'], is_first_party: true },
    token_endpoint_auth_method: 'client_secret_post',
  });
  addGrant(tenant, { client_id, audience, scope, subject_type: 'client' });
}

/**
 * Adds the application that an API is itself, and that exchanges the tokens which came to it (RFC
 * 8693).
 */
export function addExchangeApplication(
  tenant: Tenant,
  application: Pick<NewMachine, 'client_id' | 'client_secret'> & { readonly identifier: string },
): void {
  const { client_id, client_secret, identifier } = application;
  tenant.clients.set(client_id, {
    ...{ client_id, client_secret, name: client_id, app_type: 'resource_server' },
    ...{ callbacks: [], grant_types: [], is_first_party: true },
    token_endpoint_auth_method: 'client_secret_post',
    resource_server_identifier: identifier,
    token_exchange: { allow_any_profile_of_type: ['on_behalf_of_token_exchange'] },
  });
}

/** Imports a client id document (CIMD), which an administrator has to do for each client. */
export function importClient(
  tenant: Tenant,
  document: { readonly url: string; readonly redirectUris: readonly string[] },
): TenantClient {
  const client: TenantClient = {
    ...{ client_id: tenantId('tpc_'), name: document.url, app_type: 'native' },
    ...{ callbacks: document.redirectUris, grant_types: ['authorization_code', 'refresh_token'] },
    ...{ token_endpoint_auth_method: 'none', is_first_party: false },
    ...{ third_party_security_mode: 'strict', external_client_id: document.url },
    external_metadata_type: 'cimd',
  };
  tenant.clients.set(client.client_id, client);
  return client;
}
