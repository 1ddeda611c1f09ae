import { VendorFailure } from '../vendor-failure.js';
import type { ScalekitApi } from './scalekit-api.js';
import { outage } from './scalekit-failure.js';
import type { ScalekitState } from './scalekit-state.js';

type Members = Readonly<Record<string, unknown>>;
type Server = NonNullable<ScalekitState['server']>;

const MAX_PAGES = 100;

/**
 * Asks the environment what there is.
 *
 * @param want.id - `res_…`, where the operator names the MCP server. A name that nobody has is a
 *   failure.
 * @throws {VendorFailure}
 */
export async function readScalekit(
  api: ScalekitApi,
  want: { readonly resource: string; readonly id: string | undefined },
): Promise<ScalekitState> {
  const { resource, id } = want;
  const servers = await readServers(api);
  const server = servers.find((each) =>
    id === undefined ? each.url === resource : each.id === id,
  );
  if (id !== undefined && !server) {
    throw new VendorFailure(
      'refused',
      'SCALEKIT_RESOURCE_ID names no MCP server of this environment. Correct it, or leave it out to have one found by its Server URL, or created.',
    );
  }
  const slashed = resource.endsWith('/') ? resource.slice(0, -1) : `${resource}/`;
  const twin = servers.find((each) => each.url === slashed && each !== server);
  const to = 'read the scopes';
  const { scopes = [] } = await api.call(to, { method: 'GET', path: '/scopes' });
  return {
    ...(server === undefined ? {} : { server }),
    ...(twin === undefined ? {} : { twin: twin.url }),
    scopes: objects(scopes, to).map((scope) => ({
      ...{ id: text(scope.id), name: text(scope.name), description: text(scope.description) },
      enabled: scope.enabled === true,
    })),
  };
}

async function readServers(api: ScalekitApi): Promise<readonly Server[]> {
  const to = 'read the MCP servers';
  const servers: Server[] = [];
  let page = '';
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const query = new URLSearchParams({ resource_type: 'MCP_SERVER', page_size: '10' });
    if (page !== '') query.set('page_token', page);
    const answer = await api.call(to, { method: 'GET', path: `/resources?${query}` });
    // Protobuf's JSON leaves out an empty list, but never the count beside it.
    if (!('resources' in answer) && !('total_size' in answer)) throw outage(to);
    servers.push(...objects(answer.resources ?? [], to).map(readServer));
    page = text(answer.next_page_token);
    if (page === '') break;
  }
  return servers;
}

function readServer(resource: Members): Server {
  const id = text(resource.id);
  const { scopes, resource_id: given } = resource;
  const enabled = Array.isArray(scopes) ? (scopes as Members[]) : [];
  return {
    id,
    // Scalekit's own tools write the Server URL into resource_id; its API returns it as
    // resource_uri.
    url: text(resource.resource_uri) || (given === id ? '' : text(given)),
    scopes: enabled.filter((scope) => scope.enabled !== false).map((scope) => text(scope.name)),
    // Protobuf's JSON writes 64-bit numbers as strings.
    accessTokenExpiry: Number(resource.access_token_expiry ?? 0),
    dynamicRegistration: resource.disable_dynamic_client_registration !== true,
    clientDocuments: resource.enable_cimd === true,
  };
}

function objects(value: unknown, to: string): readonly Members[] {
  if (!Array.isArray(value)) throw outage(to);
  return value.filter((each): each is Members => typeof each === 'object' && each !== null);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
