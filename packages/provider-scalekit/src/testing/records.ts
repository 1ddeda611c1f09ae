import type { FakeScalekitEnvironment } from './environment.js';

/** A scope, as the management API sends it. */
export interface ScopeRecord {
  /** `scp_…` */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** In an MCP server: whether it is offered. */
  readonly enabled: boolean;
}

/** An MCP server, as the management API sends it. */
export interface ResourceRecord {
  /** `res_…`, in `aud` of each of its tokens. */
  readonly id: string;
  readonly resource_type: 'MCP_SERVER';
  readonly name: string;
  readonly description: string;
  /** The Server URL, byte for byte in `aud`; empty: there is none. */
  readonly resource_uri: string;
  /** The same as `id`. */
  readonly resource_id: string;
  readonly scopes: readonly ScopeRecord[];
  /** Seconds. */
  readonly access_token_expiry: number;
  /** Seconds. */
  readonly refresh_token_expiry: number;
  readonly disable_dynamic_client_registration: boolean;
  readonly enable_cimd: boolean;
  readonly xaa_enabled: boolean;
  readonly intersect_scopes_user_permission: boolean;
  readonly logo_uri: string;
  /** Empty for Scalekit's own sign-in. */
  readonly provider: string;
  /** JSON text for the server to publish (RFC 9728). */
  readonly protected_metadata: string;
  readonly protected_metadata_uri: string;
  readonly create_time: string;
  readonly update_time: string;
}

/** A client of an MCP server or an organisation, as the management API sends it. */
export interface ClientRecord {
  /** `m2m_…`, `m2morg_…`, or the URL of a client id document. */
  readonly client_id: string;
  readonly secrets: readonly { readonly id: string; readonly create_time: string }[];
  readonly name: string;
  readonly description: string;
  /** Empty where the client belongs to no organisation. */
  readonly organization_id: string;
  /** What a machine may ask for. */
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly custom_claims: readonly { readonly key: string; readonly value: string }[];
  /** Seconds that its access tokens live. */
  readonly expiry: number;
  /** Empty for a client of an organisation. */
  readonly resource_id: string;
  readonly redirect_uris: readonly string[];
  readonly is_dcr: boolean;
  readonly is_cimd: boolean;
  readonly metadata_uri: string;
  readonly create_time: string;
  readonly update_time: string;
}

/**
 * Adds an MCP server with the defaults of the dashboard: registration and client id documents on.
 */
export function addResource(
  environment: FakeScalekitEnvironment,
  fields: Partial<ResourceRecord> = {},
): ResourceRecord {
  const id = fields.id ?? environment.newId('res');
  const now = environment.now();
  const record: ResourceRecord = {
    resource_type: 'MCP_SERVER',
    name: 'MCP server',
    description: '',
    resource_uri: '',
    scopes: [],
    access_token_expiry: 3600,
    refresh_token_expiry: 86_400,
    disable_dynamic_client_registration: false,
    enable_cimd: true,
    xaa_enabled: false,
    intersect_scopes_user_permission: false,
    logo_uri: '',
    provider: '',
    protected_metadata: '',
    protected_metadata_uri: '',
    create_time: now,
    update_time: now,
    ...fields,
    id,
    resource_id: id,
  };
  environment.resources.set(id, record);
  return record;
}

/** Adds a scope to the environment. A scope of that name is returned as it is. */
export function addScope(
  environment: FakeScalekitEnvironment,
  fields: Pick<ScopeRecord, 'name'> & Partial<ScopeRecord>,
): ScopeRecord {
  const known = [...environment.scopes.values()].find(({ name }) => name === fields.name);
  if (known) return known;
  const id = fields.id ?? environment.newId('scp');
  const record: ScopeRecord = { description: '', enabled: true, ...fields, id };
  environment.scopes.set(id, record);
  return record;
}

/** Adds a client. `secret` makes it one that can keep a secret. */
export function addClient(
  environment: FakeScalekitEnvironment,
  fields: Partial<ClientRecord> & { readonly secret?: string },
): ClientRecord {
  const { secret, ...given } = fields;
  const now = environment.now();
  const record: ClientRecord = {
    client_id: environment.newId(given.organization_id ? 'm2morg' : 'm2m'),
    secrets: secret === undefined ? [] : [{ id: environment.newId('sec'), create_time: now }],
    name: '',
    description: '',
    organization_id: '',
    scopes: [],
    audience: [],
    custom_claims: [],
    expiry: 3600,
    resource_id: '',
    redirect_uris: [],
    is_dcr: false,
    is_cimd: false,
    metadata_uri: '',
    create_time: now,
    update_time: now,
    ...given,
  };
  environment.clients.set(record.client_id, {
    record,
    ...(secret === undefined ? {} : { secret }),
  });
  return record;
}
