import type { ManagementClient } from 'auth0';
import type { Wish } from '../vendor.js';
import { VendorFailure } from '../vendor-failure.js';
import { asking, type Task } from './auth0-failure.js';
import type { ApiGrant, ApiScope, Auth0State } from './auth0-state.js';

const tasks = {
  apis: { to: 'read its APIs', scope: 'read:resource_servers' },
  settings: { to: 'read the tenant settings', scope: 'read:tenant_settings' },
  connections: { to: 'read the connections', scope: 'read:connections' },
  grants: { to: 'read the client grants', scope: 'read:client_grants' },
  clients: { to: 'read the applications', scope: 'read:clients' },
} as const satisfies Record<string, Task>;

/**
 * More than any tenant has; a vendor that never says "last page" must not keep us, nor decide by
 * what it left out.
 */
const MAX_ITEMS = 10_000;

/**
 * Asks the tenant what there is. Of connections and applications only named fields are asked for:
 * the others hold secrets.
 *
 * @throws {VendorFailure}
 */
export async function readAuth0(client: ManagementClient, wish: Wish): Promise<Auth0State> {
  const { resource } = wish;
  const twin = resource.endsWith('/') ? resource.slice(0, -1) : `${resource}/`;
  const apis = await listed(tasks.apis, 'resource_servers', () =>
    client.resourceServers.list({ identifiers: [resource, twin], per_page: 100 }),
  );
  const api = apis.find(({ identifier }) => identifier === resource);
  const settings = await asking(tasks.settings, () => client.tenants.settings.get());
  if (typeof settings !== 'object' || settings === null) throw senseless(tasks.settings);
  const connections = await listed(tasks.connections, 'connections', () =>
    client.connections.list({
      fields: 'id,name,is_domain_connection',
      include_fields: true,
      take: 100,
    }),
  );
  const grants = await listed(tasks.grants, 'client_grants', () =>
    client.clientGrants.list({ audience: resource, take: 100 }),
  );
  const byDefault = grants.find(
    (grant) => grant.default_for === 'third_party_clients' && grant.subject_type === 'user',
  );
  const machine = wish.arguments.machine?.name;
  const clients =
    machine === undefined
      ? []
      : await listed(tasks.clients, 'clients', () =>
          client.clients.list({
            ...{ fields: 'client_id,name,app_type,grant_types', include_fields: true },
            per_page: 100,
          }),
        );
  return {
    ...(api === undefined ? {} : { api: readApi(api) }),
    ...(apis.some(({ identifier }) => identifier === twin) ? { twin } : {}),
    settings: {
      resource_parameter_profile: optional(settings.resource_parameter_profile),
      authorization_response_iss_parameter_supported:
        settings.authorization_response_iss_parameter_supported === true,
      client_id_metadata_document_supported:
        settings.client_id_metadata_document_supported === true,
      enable_dynamic_client_registration:
        settings.flags?.enable_dynamic_client_registration === true,
    },
    connections: connections.map(({ id, name, is_domain_connection: everybody }) => ({
      ...{ id: text(id), name: text(name), is_domain_connection: everybody === true },
    })),
    ...(byDefault === undefined ? {} : { thirdPartyGrant: readGrant(byDefault) }),
    machines: clients
      .filter(({ name }) => name === machine)
      .map(({ client_id, app_type, grant_types }) => {
        const grant = grants.find(
          (each) => each.client_id === client_id && each.subject_type !== 'user',
        );
        const itself = texts(grant_types).includes('client_credentials');
        return {
          ...{ client_id: text(client_id), isMachine: app_type === 'non_interactive' && itself },
          ...(grant === undefined ? {} : { grant: readGrant(grant) }),
        };
      }),
  };
}

interface Pages<T, R> extends AsyncIterable<T> {
  readonly response: R;
}

/** All pages. An answer without the list is an outage, not an empty tenant. */
async function listed<T, R extends object>(
  task: Task,
  key: keyof R & string,
  list: () => Promise<Pages<T, R>>,
): Promise<readonly T[]> {
  return asking(task, async () => {
    const items: T[] = [];
    const pages = await list();
    if (!Array.isArray(pages.response[key])) throw senseless(task);
    for await (const item of pages) {
      if (typeof item !== 'object' || item === null || items.length >= MAX_ITEMS)
        throw senseless(task);
      items.push(item);
    }
    return items;
  });
}

const senseless = ({ to }: Task): VendorFailure =>
  new VendorFailure(
    'unavailable',
    `Auth0 gave an answer that makes no sense when asked to ${to}. Check AUTH0_DOMAIN, then try again.`,
  );

/** What came over the wire, whatever the types of the SDK promise. */
type Answered<T> = { readonly [K in keyof T]?: unknown };

function readApi(api: Answered<NonNullable<Auth0State['api']>>): NonNullable<Auth0State['api']> {
  const scopes = objects(api.scopes) as readonly Answered<ApiScope>[];
  return {
    id: text(api.id),
    scopes: scopes.map(({ value, description }) => ({
      ...{ value: text(value), description: text(description) },
    })),
    signing_alg: text(api.signing_alg, 'not set'),
    token_dialect: text(api.token_dialect, 'access_token'),
    enforce_policies: api.enforce_policies === true,
    allow_offline_access: api.allow_offline_access === true,
  };
}

const readGrant = ({ id, scope, allow_all_scopes: all }: Answered<ApiGrant>): ApiGrant => ({
  ...{ id: text(id), scope: texts(scope), allow_all_scopes: all === true },
});

const optional = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
const text = (value: unknown, otherwise = ''): string => optional(value) ?? otherwise;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): readonly string[] =>
  list(value).filter((each) => typeof each === 'string');
const objects = (value: unknown): readonly object[] =>
  list(value).filter((each) => typeof each === 'object' && each !== null);
