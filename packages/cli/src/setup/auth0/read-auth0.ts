import type { ManagementClient } from 'auth0';
import type { Wish } from '../vendor.js';
import { VendorFailure } from '../vendor-failure.js';
import { asking, type Task } from './auth0-failure.js';
import type { ApiGrant, Auth0State } from './auth0-state.js';

const tasks = {
  apis: { to: 'read its APIs', scope: 'read:resource_servers' },
  settings: { to: 'read the tenant settings', scope: 'read:tenant_settings' },
  connections: { to: 'read the connections', scope: 'read:connections' },
  grants: { to: 'read the client grants', scope: 'read:client_grants' },
  clients: { to: 'read the applications', scope: 'read:clients' },
} as const satisfies Record<string, Task>;

/** More than any tenant has; a vendor that never says "last page" must not keep us. */
const MAX_ITEMS = 10_000;

/**
 * Asks the tenant what there is. Of connections and applications only named fields are asked for: the others hold secrets.
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
  const connections = await listed(tasks.connections, 'connections', () =>
    client.connections.list({ fields: 'id,name,is_domain_connection', include_fields: true }),
  );
  const grants = await listed(tasks.grants, 'client_grants', () =>
    client.clientGrants.list({ audience: resource }),
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
            fields: 'client_id,name,app_type,grant_types',
            include_fields: true,
          }),
        );
  return {
    ...(api === undefined
      ? {}
      : {
          api: {
            id: api.id ?? '',
            scopes: (api.scopes ?? []).map(({ value, description = '' }) => ({
              value,
              description,
            })),
            signing_alg: api.signing_alg ?? 'not set',
            token_dialect: api.token_dialect ?? 'access_token',
            enforce_policies: api.enforce_policies ?? false,
            allow_offline_access: api.allow_offline_access ?? false,
          },
        }),
    ...(apis.some(({ identifier }) => identifier === twin) ? { twin } : {}),
    settings: {
      resource_parameter_profile: settings.resource_parameter_profile,
      authorization_response_iss_parameter_supported:
        settings.authorization_response_iss_parameter_supported ?? false,
      client_id_metadata_document_supported:
        settings.client_id_metadata_document_supported ?? false,
      enable_dynamic_client_registration:
        settings.flags?.enable_dynamic_client_registration ?? false,
    },
    connections: connections.map(({ id = '', name = '', is_domain_connection = false }) => ({
      ...{ id, name, is_domain_connection },
    })),
    ...(byDefault === undefined ? {} : { thirdPartyGrant: readGrant(byDefault) }),
    machines: clients
      .filter(({ name }) => name === machine)
      .map(({ client_id = '', app_type, grant_types = [] }) => {
        const grant = grants.find(
          (each) => each.client_id === client_id && each.subject_type !== 'user',
        );
        return {
          client_id,
          isMachine: app_type === 'non_interactive' && grant_types.includes('client_credentials'),
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
    if (!Array.isArray(pages.response[key])) {
      throw new VendorFailure(
        'unavailable',
        `Auth0 gave an answer that makes no sense when asked to ${task.to}. Check AUTH0_DOMAIN, then try again.`,
      );
    }
    for await (const item of pages) {
      items.push(item);
      if (items.length >= MAX_ITEMS) break;
    }
    return items;
  });
}

function readGrant(grant: {
  readonly id?: string | undefined;
  readonly scope?: readonly string[] | undefined;
  readonly allow_all_scopes?: boolean | undefined;
}): ApiGrant {
  const { id = '', scope = [], allow_all_scopes = false } = grant;
  return { id, scope, allow_all_scopes };
}
