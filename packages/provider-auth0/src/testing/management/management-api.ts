import type { ManagementApi, ManagementContext } from '../management-context.js';
import { apiOperations } from './api-operations.js';
import { clientDocumentOperations } from './client-documents.js';
import { clientOperations } from './client-operations.js';
import { grantOperations } from './grant-operations.js';
import { invalidBody, type ManagementAnswer, managementFault } from './management-answer.js';
import type { Operation } from './operation.js';
import { tenantOperations } from './tenant-operations.js';

const operations: readonly Operation[] = [
  ...apiOperations,
  ...tenantOperations,
  ...clientDocumentOperations,
  ...clientOperations,
  ...grantOperations,
];

/**
 * What of Auth0's Management API a set-up program needs: APIs, tenant settings, connections,
 * clients and client grants. Every operation demands a token for `<issuer>api/v2/` with the scope
 * that the real one asks for, and refuses what it does not know.
 */
export const managementApi =
  ({ tenant, caller }: ManagementContext): ManagementApi =>
  async (request) => {
    const { pathname, searchParams: query } = new URL(request.url);
    const who = await caller(request);
    if (!who) {
      const missing = !request.headers.has('authorization');
      return send(managementFault(401, missing ? 'Missing authentication' : 'Invalid token'));
    }
    const found = operationFor(request.method, pathname.slice('/api/v2'.length));
    if (!found) return send(managementFault(404, 'Not Found'));
    const { operation, id } = found;
    if (!who.scopes.includes(operation.scope)) {
      const message = `Insufficient scope, expected any of: ${operation.scope}`;
      return send(managementFault(403, message, 'insufficient_scope'));
    }
    const payload = request.method === 'GET' ? {} : await jsonObject(request);
    if (!payload) return send(invalidBody('Expected type object'));
    return send(operation.run({ tenant, id, query, payload }));
  };

function operationFor(method: string, path: string) {
  for (const operation of operations) {
    if (operation.method !== method) continue;
    const segments = operation.path.split('/');
    const given = path.split('/');
    const fits = segments.every((each, place) => each === '{id}' || each === given[place]);
    if (!fits || segments.length !== given.length) continue;
    const id = decoded(given[segments.indexOf('{id}')] ?? '');
    return id === undefined ? undefined : { operation, id };
  }
  return undefined;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

const send = ({ status, body }: ManagementAnswer): Response => Response.json(body, { status });

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
