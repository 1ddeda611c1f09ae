import type { FakeScalekitEnvironment } from '../environment.js';
import { addScope } from '../records.js';
import { managementFault } from './management-answer.js';

type Members = Readonly<Record<string, unknown>>;

const NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;

/** `GET /scopes`. */
export const listScopes = ({ scopes }: FakeScalekitEnvironment): Response =>
  Response.json({ scopes: [...scopes.values()] });

/** `POST /scopes`. */
export function createScope(environment: FakeScalekitEnvironment, body: Members): Response {
  const { name, description = '' } = body;
  if (typeof name !== 'string' || !NAME.test(name) || typeof description !== 'string') {
    return managementFault(3, 'invalid scope');
  }
  const known = [...environment.scopes.values()].some((scope) => scope.name === name);
  if (known) return managementFault(6, 'scope already exists');
  return Response.json({ scope: addScope(environment, { name, description }) }, { status: 201 });
}

/** `PATCH /scopes/{id}`. The servers that offer the scope show the new sentence too. */
export function updateScope(
  environment: FakeScalekitEnvironment,
  id: string,
  { description, enabled }: Members,
): Response {
  const scope = environment.scopes.get(id);
  if (!scope) return managementFault(5, 'scope not found');
  const changed = {
    ...scope,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof enabled === 'boolean' ? { enabled } : {}),
  };
  environment.scopes.set(id, changed);
  for (const resource of environment.resources.values()) {
    const scopes = resource.scopes.map((each) =>
      each.id === id ? { ...each, description: changed.description } : each,
    );
    environment.resources.set(resource.id, { ...resource, scopes });
  }
  return Response.json({ scope: changed });
}
