import { tenantId } from '../new-tenant.js';
import { apiOf, type Tenant, type TenantApi } from '../tenant.js';
import { isFault, type ManagementAnswer, managementFault, ok } from './management-answer.js';
import type { Operation } from './operation.js';
import { offsetPage } from './paging.js';
import { isFlag, isText, type MemberRule, oneOf, readBody } from './read-body.js';

const isScopes: MemberRule = (value) => {
  if (!Array.isArray(value)) return false;
  const names = value.map((scope) => (isScope(scope) ? scope.value : undefined));
  return !names.includes(undefined) && new Set(names).size === names.length;
};

const changeable: Readonly<Record<string, MemberRule>> = {
  name: (value) => isText(value) && !/[<>]/.test(String(value)),
  scopes: isScopes,
  signing_alg: oneOf('RS256', 'PS256', 'HS256'),
  token_dialect: oneOf(
    ...['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'],
  ),
  enforce_policies: isFlag,
  token_lifetime: (value) => Number.isInteger(value) && Number(value) > 0,
  allow_offline_access: isFlag,
  subject_type_authorization: (value) => typeof value === 'object' && value !== null,
};

/** `/resource-servers`: the identifier is taken once and can never be changed. */
export const apiOperations: readonly Operation[] = [
  {
    ...{ method: 'GET', path: '/resource-servers', scope: 'read:resource_servers' },
    run({ tenant, query }) {
      const wanted = query.getAll('identifiers');
      const apis = [...tenant.apis.values()];
      const found = apis.filter(
        ({ identifier }) => wanted.length === 0 || wanted.includes(identifier),
      );
      return offsetPage('resource_servers', found, query);
    },
  },
  {
    ...{ method: 'GET', path: '/resource-servers/{id}', scope: 'read:resource_servers' },
    run: ({ tenant, id }) => withApi(tenant, id, (api) => ok(api)),
  },
  {
    ...{ method: 'POST', path: '/resource-servers', scope: 'create:resource_servers' },
    run({ tenant, payload }) {
      const read = readBody(payload, { ...changeable, identifier: isText }, ['identifier']);
      if (isFault(read)) return read;
      const identifier = String(payload.identifier);
      if (apiOf(tenant, identifier)) {
        const message = `Another resource server with identifier '${identifier}' already exists`;
        return managementFault(409, message);
      }
      const api: TenantApi = {
        ...{ id: tenantId(''), identifier, name: identifier, is_system: false, scopes: [] },
        ...{ signing_alg: 'RS256', token_dialect: 'access_token', enforce_policies: false },
        ...{ token_lifetime: 86_400, allow_offline_access: false },
        subject_type_authorization: {
          user: { policy: 'allow_all' },
          client: { policy: 'require_client_grant' },
        },
        ...read.members,
      };
      tenant.apis.set(api.id, api);
      return ok(api, 201);
    },
  },
  {
    ...{ method: 'PATCH', path: '/resource-servers/{id}', scope: 'update:resource_servers' },
    run: ({ tenant, id, payload }) =>
      withApi(tenant, id, (api) => {
        const read = readBody(payload, changeable);
        if (isFault(read)) return read;
        if (api.is_system) return managementFault(400, 'System APIs cannot be modified');
        const changed = { ...api, ...read.members };
        tenant.apis.set(api.id, changed);
        return ok(changed);
      }),
  },
];

/** By id or by identifier, as the real API takes both. */
function withApi(
  tenant: Tenant,
  id: string,
  answer: (api: TenantApi) => ManagementAnswer,
): ManagementAnswer {
  const api = tenant.apis.get(id) ?? apiOf(tenant, id);
  return api
    ? answer(api)
    : managementFault(404, 'The resource server does not exist', 'inexistent_resource_server');
}

function isScope(scope: unknown): scope is { readonly value: string } {
  if (typeof scope !== 'object' || scope === null) return false;
  const { value, description = '', ...more } = scope as Readonly<Record<string, unknown>>;
  return isText(value) && typeof description === 'string' && Object.keys(more).length === 0;
}
