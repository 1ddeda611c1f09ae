import type { AccessRequest } from './authorization-options.js';
import type { FakeClient } from './fake-clients.js';

type Parameters = Readonly<Record<string, unknown>>;

/** A parameter that came once, as text. */
export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  return typeof value === 'string' ? value : undefined;
}

/** The scopes of a `scope` parameter. */
export const scopeList = (value: string | undefined): readonly string[] =>
  (value ?? '').split(' ').filter((scope) => scope !== '');

/** What the parameters of a request ask for. */
export function accessRequest(
  client: FakeClient,
  grantType: string,
  parameters: Parameters,
): AccessRequest {
  const audience = text(parameters, 'audience');
  const resources = [parameters.resource ?? []].flat();
  return {
    client,
    grantType,
    scopes: scopeList(text(parameters, 'scope')),
    resources: resources.filter((resource) => typeof resource === 'string'),
    ...(audience === undefined ? {} : { audience }),
    parameters,
  };
}
