/** Claims and header of an API's access tokens. */
export type TokenDialect =
  | 'access_token'
  | 'access_token_authz'
  | 'rfc9068_profile'
  | 'rfc9068_profile_authz';

/** An API, in the spelling of `/api/v2/resource-servers`. */
export interface TenantApi {
  readonly id: string;
  /** Becomes `aud`, byte for byte. Cannot be changed later. */
  readonly identifier: string;
  readonly name: string;
  /** The Management API and whatever else Auth0 brings itself. */
  readonly is_system: boolean;
  readonly scopes: readonly { readonly value: string; readonly description?: string }[];
  readonly signing_alg: 'RS256' | 'PS256' | 'HS256';
  readonly token_dialect: TokenDialect;
  /** RBAC: a person gets only scopes that were assigned as permissions. */
  readonly enforce_policies: boolean;
  /** Seconds. */
  readonly token_lifetime: number;
  readonly allow_offline_access: boolean;
  /**
   * Who may ask at all. `allow_all` is for first parties: third parties need a client grant even
   * so.
   */
  readonly subject_type_authorization: {
    readonly user: { readonly policy: 'allow_all' | 'require_client_grant' | 'deny_all' };
    readonly client: { readonly policy: 'require_client_grant' | 'deny_all' };
  };
}

/** What of `/api/v2/tenants/settings` matters here. */
export interface TenantSettings {
  /** `audience`: the parameter `resource` (RFC 8707) is ignored. */
  readonly resource_parameter_profile: 'audience' | 'compatibility';
  /** The API of requests that name none. Empty: none, so that first parties get opaque tokens. */
  readonly default_audience: string;
  /** Whether redirects carry `iss` (RFC 9207). */
  readonly authorization_response_iss_parameter_supported: boolean;
  /** Whether URLs of client id documents are taken, once an administrator imported them. */
  readonly client_id_metadata_document_supported: boolean;
  readonly dynamic_client_registration_security_mode: 'strict' | 'permissive';
  readonly flags: {
    readonly enable_dynamic_client_registration: boolean;
    readonly remove_alg_from_jwks: boolean;
  };
}

/** A place where people have accounts, in the spelling of `/api/v2/connections`. */
export interface TenantConnection {
  readonly id: string;
  readonly name: string;
  readonly strategy: string;
  /** Whether third parties may use it: without one such connection nobody can sign in to them. */
  readonly is_domain_connection: boolean;
}

/** An application, in the spelling of `/api/v2/clients`. */
export interface TenantClient {
  /** `tpc_…` for third parties under the security mode `strict`. */
  readonly client_id: string;
  readonly client_secret?: string;
  readonly name: string;
  readonly app_type: 'native' | 'spa' | 'regular_web' | 'non_interactive' | 'resource_server';
  readonly callbacks: readonly string[];
  readonly grant_types: readonly string[];
  readonly token_endpoint_auth_method: 'none' | 'client_secret_post' | 'client_secret_basic';
  /** Fixed at creation, as is the security mode. */
  readonly is_first_party: boolean;
  readonly third_party_security_mode?: 'strict' | 'permissive';
  /**
   * The URL of the imported client id document: what the client calls itself in requests and
   * tokens.
   */
  readonly external_client_id?: string;
  readonly external_metadata_type?: 'cimd' | 'dcr';
  /**
   * The API that an application of the type `resource_server` is; it exchanges that API's tokens.
   */
  readonly resource_server_identifier?: string;
  readonly token_exchange?: {
    readonly allow_any_profile_of_type: readonly (
      | 'on_behalf_of_token_exchange'
      | 'custom_authentication'
    )[];
  };
}

/** Leave to ask for an API, in the spelling of `/api/v2/client-grants`. */
export interface TenantClientGrant {
  readonly id: string;
  /** One client, or all third parties by {@link default_for}. */
  readonly client_id?: string;
  readonly default_for?: 'third_party_clients';
  /** The identifier of an API. */
  readonly audience: string;
  readonly scope: readonly string[];
  /** `client`: for itself, by client credentials. `user`: on behalf of people. */
  readonly subject_type: 'client' | 'user';
}

/** The person who signs in and allows everything. */
export interface TenantUser {
  readonly user_id: string;
  /** Assigned by roles, in the spelling of `/api/v2/users/{id}/permissions`. */
  readonly permissions: readonly {
    readonly permission_name: string;
    readonly resource_server_identifier: string;
  }[];
  /** The organisation that the person signs in to. Absent: none. */
  readonly organization?: { readonly id: string; readonly name: string };
}

/**
 * The state of a fake tenant, read by its OAuth endpoints at each request and written by its
 * Management API. Entries are replaced as a whole, never changed in place.
 */
export interface Tenant {
  /** With the slash at the end. */
  readonly issuer: string;
  settings: TenantSettings;
  user: TenantUser;
  /** By `id`. */
  readonly apis: Map<string, TenantApi>;
  /** By `id`. */
  readonly connections: Map<string, TenantConnection>;
  /** By `client_id`. */
  readonly clients: Map<string, TenantClient>;
  /** By `id`. */
  readonly clientGrants: Map<string, TenantClientGrant>;
  /** What the https URLs of client id documents would serve, for the import; nothing is fetched. */
  readonly clientDocuments: Map<string, Readonly<Record<string, unknown>>>;
}

/** The API with an identifier, compared byte for byte. */
export function apiOf(tenant: Tenant, identifier: string): TenantApi | undefined {
  return [...tenant.apis.values()].find((api) => api.identifier === identifier);
}

/**
 * The client that calls itself so: by its id or, where the tenant takes those, by the URL of its
 * imported document.
 */
export function clientOf(tenant: Tenant, clientId: string): TenantClient | undefined {
  const imported = () =>
    tenant.settings.client_id_metadata_document_supported
      ? [...tenant.clients.values()].find((client) => client.external_client_id === clientId)
      : undefined;
  return tenant.clients.get(clientId) ?? imported();
}

/** The grant of a client for an API: its own, or else the default for third parties. */
export function clientGrantOf(
  tenant: Tenant,
  client: TenantClient,
  want: { readonly audience: string; readonly subjectType: TenantClientGrant['subject_type'] },
): TenantClientGrant | undefined {
  const fitting = [...tenant.clientGrants.values()].filter(
    (grant) => grant.audience === want.audience && grant.subject_type === want.subjectType,
  );
  const byDefault = () =>
    client.is_first_party
      ? undefined
      : fitting.find((grant) => grant.default_for === 'third_party_clients');
  return fitting.find((grant) => grant.client_id === client.client_id) ?? byDefault();
}
