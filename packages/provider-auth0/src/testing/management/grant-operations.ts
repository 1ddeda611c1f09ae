import { tenantId } from '../new-tenant.js';
import { apiOf, type Tenant, type TenantClientGrant } from '../tenant.js';
import { isFault, type ManagementAnswer, managementFault, ok } from './management-answer.js';
import type { Operation } from './operation.js';
import { checkpointPage } from './paging.js';
import { isText, isTexts, oneOf, readBody } from './read-body.js';

const rules = {
  client_id: isText,
  default_for: oneOf('third_party_clients'),
  audience: isText,
  scope: isTexts,
  subject_type: oneOf('client', 'user'),
};

/** `/client-grants`: one for each client, API and kind of subject. */
export const grantOperations: readonly Operation[] = [
  {
    ...{ method: 'GET', path: '/client-grants', scope: 'read:client_grants' },
    run({ tenant, query }) {
      const filters = ['audience', 'client_id', 'default_for', 'subject_type'] as const;
      const found = [...tenant.clientGrants.values()].filter((grant) =>
        filters.every((name) => !query.get(name) || grant[name] === query.get(name)),
      );
      return checkpointPage('client_grants', found, query);
    },
  },
  {
    ...{ method: 'POST', path: '/client-grants', scope: 'create:client_grants' },
    run({ tenant, payload }) {
      const read = readBody(payload, rules, ['audience', 'scope']);
      if (isFault(read)) return read;
      const given = read.members as Omit<TenantClientGrant, 'id' | 'subject_type'>;
      const grant = { subject_type: 'client', ...given, id: tenantId('cgr_') } as TenantClientGrant;
      const fault = grantFault(tenant, grant);
      if (fault) return fault;
      tenant.clientGrants.set(grant.id, grant);
      return ok(grant, 201);
    },
  },
  {
    ...{ method: 'PATCH', path: '/client-grants/{id}', scope: 'update:client_grants' },
    run({ tenant, id, payload }) {
      const grant = tenant.clientGrants.get(id);
      const read = readBody(payload, { scope: isTexts });
      if (isFault(read)) return read;
      if (!grant) return managementFault(404, 'The grant does not exist', 'inexistent_grant');
      const changed = { ...grant, ...read.members };
      const fault = scopeFault(tenant, changed);
      if (fault) return fault;
      tenant.clientGrants.set(id, changed);
      return ok(changed);
    },
  },
];

function grantFault(tenant: Tenant, grant: TenantClientGrant): ManagementAnswer | undefined {
  const { client_id: clientId, default_for: group, audience, subject_type: subject } = grant;
  if ((clientId === undefined) === (group === undefined)) {
    return managementFault(400, 'Exactly one of client_id and default_for is needed');
  }
  if (clientId !== undefined && !tenant.clients.has(clientId)) {
    return managementFault(404, 'The client does not exist', 'inexistent_client');
  }
  const same = [...tenant.clientGrants.values()].some(
    (each) =>
      each.audience === audience &&
      each.subject_type === subject &&
      each.client_id === clientId &&
      each.default_for === group,
  );
  if (same) return managementFault(409, 'A client grant for this audience already exists');
  return scopeFault(tenant, grant);
}

/** A grant names an API that is there, and scopes that the API lists. */
function scopeFault(
  tenant: Tenant,
  { audience, scope }: TenantClientGrant,
): ManagementAnswer | undefined {
  const api = apiOf(tenant, audience);
  if (!api) {
    const message = 'The resource server does not exist';
    return managementFault(404, message, 'inexistent_resource_server');
  }
  const listed = api.scopes.map(({ value }) => value);
  return scope.every((each) => listed.includes(each))
    ? undefined
    : managementFault(400, 'The scopes of a grant have to be scopes of its resource server');
}
