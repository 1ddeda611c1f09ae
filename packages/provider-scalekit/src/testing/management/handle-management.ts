import type { FakeScalekitEnvironment } from '../environment.js';
import { managementFault } from './management-answer.js';
import {
  createResource,
  getResource,
  listResources,
  updateResource,
} from './resource-operations.js';
import { createScope, listScopes, updateScope } from './scope-operations.js';

/**
 * The management API over REST: MCP servers and scopes below `/api/v1`. The registration of clients
 * is OAuth's, not ours. 401 without a token of the environment's own client.
 */
export async function handleManagement(
  request: Request,
  environment: FakeScalekitEnvironment,
): Promise<Response> {
  if (!environment.mayManage(request.headers.get('authorization'))) {
    return managementFault(16, 'unauthenticated');
  }
  const { pathname, searchParams } = new URL(request.url);
  const [collection, id, ...more] = pathname.slice('/api/v1/'.length).split('/');
  const isKnown = (collection === 'resources' || collection === 'scopes') && more.length === 0;
  if (!isKnown) return managementFault(5, 'Not Found');
  const named = id === undefined ? undefined : decoded(id);
  if (request.method === 'GET') {
    if (collection === 'scopes') return named ? notImplemented() : listScopes(environment);
    return named ? getResource(environment, named) : listResources(environment, searchParams);
  }
  const body = await jsonObject(request);
  if (!body) return managementFault(3, 'invalid JSON');
  const isScope = collection === 'scopes';
  if (request.method === 'POST' && named === undefined) {
    return isScope ? createScope(environment, body) : createResource(environment, body);
  }
  if (request.method === 'PATCH' && named !== undefined) {
    return isScope
      ? updateScope(environment, named, body)
      : updateResource(environment, named, body);
  }
  return notImplemented();
}

/** What cannot be decoded is the name of nothing. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

const notImplemented = (): Response => managementFault(12, 'Method Not Allowed');

async function jsonObject(
  request: Request,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = JSON.parse(await request.text());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
