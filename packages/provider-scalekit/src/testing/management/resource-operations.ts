import type { FakeScalekitEnvironment } from '../environment.js';
import { addResource, type ResourceRecord } from '../records.js';
import { managementFault, protobufJson } from './management-answer.js';

type Members = Readonly<Record<string, unknown>>;

const MAX_PAGE = 30;

/** `GET /resources?resource_type=MCP_SERVER&page_size&page_token`. */
export function listResources(
  { resources }: FakeScalekitEnvironment,
  query: URLSearchParams,
): Response {
  const all = [...resources.values()];
  const size = Math.min(MAX_PAGE, Math.max(1, Number(query.get('page_size') ?? MAX_PAGE) || 1));
  const start = Math.max(0, Number(query.get('page_token') ?? 0) || 0);
  const next = start + size < all.length ? String(start + size) : '';
  return Response.json({
    ...{ total_size: all.length, next_page_token: next, prev_page_token: '' },
    resources: all.slice(start, start + size).map(protobufJson),
  });
}

/** `GET /resources/{id}`. */
export function getResource({ resources }: FakeScalekitEnvironment, id: string): Response {
  const resource = resources.get(id);
  return resource
    ? Response.json({ resource: protobufJson(resource) })
    : managementFault(5, 'resource not found');
}

/** `POST /resources`. */
export function createResource(environment: FakeScalekitEnvironment, body: Members): Response {
  if (body.resource_type !== 'MCP_SERVER' || typeof body.name !== 'string') {
    return managementFault(3, 'invalid resource');
  }
  const fields = readFields(environment, body);
  if (fields instanceof Response) return fields;
  if (isTaken(environment, fields.resource_uri)) {
    return managementFault(6, 'a resource with this identifier already exists');
  }
  const resource = addResource(environment, fields);
  return Response.json({ resource: protobufJson(resource) }, { status: 201 });
}

/** `PATCH /resources/{id}`: only what is sent changes; a list of scopes replaces the one before. */
export function updateResource(
  environment: FakeScalekitEnvironment,
  id: string,
  body: Members,
): Response {
  const resource = environment.resources.get(id);
  if (!resource) return managementFault(5, 'resource not found');
  const fields = readFields(environment, body);
  if (fields instanceof Response) return fields;
  if (fields.resource_uri !== resource.resource_uri && isTaken(environment, fields.resource_uri)) {
    return managementFault(6, 'a resource with this identifier already exists');
  }
  const changed = { ...resource, ...fields, update_time: environment.now() };
  environment.resources.set(id, changed);
  return Response.json({ resource: protobufJson(changed) });
}

const isTaken = ({ resources }: FakeScalekitEnvironment, url: string | undefined): boolean =>
  Boolean(url) && [...resources.values()].some((each) => each.resource_uri === url);

/**
 * The members that a caller may write. The Server URL comes as `resource_id` from Scalekit's own
 * tools.
 */
function readFields(
  environment: FakeScalekitEnvironment,
  body: Members,
): Partial<ResourceRecord> | Response {
  const { name, description, scopes } = body;
  const { access_token_expiry: expiry, enable_cimd: documents } = body;
  const { disable_dynamic_client_registration: closed } = body;
  const url = body.resource_uri ?? body.resource_id;
  const named = Array.isArray(scopes)
    ? scopes.map((scope) => [...environment.scopes.values()].find((each) => each.name === scope))
    : undefined;
  if (named?.includes(undefined)) return managementFault(3, 'unknown scope');
  const seconds = Number(expiry);
  if (expiry !== undefined && !(Number.isInteger(seconds) && seconds > 0)) {
    return managementFault(3, 'invalid access_token_expiry');
  }
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof url === 'string' ? { resource_uri: url } : {}),
    ...(named === undefined ? {} : { scopes: named.filter((scope) => scope !== undefined) }),
    ...(expiry === undefined ? {} : { access_token_expiry: seconds }),
    ...(typeof closed === 'boolean' ? { disable_dynamic_client_registration: closed } : {}),
    ...(typeof documents === 'boolean' ? { enable_cimd: documents } : {}),
  };
}
