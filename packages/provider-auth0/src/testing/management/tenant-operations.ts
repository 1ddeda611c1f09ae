import { isFault, managementFault, ok } from './management-answer.js';
import type { Operation } from './operation.js';
import { checkpointPage } from './paging.js';
import { isFlag, type MemberRule, oneOf, readBody } from './read-body.js';

const flagRules = { enable_dynamic_client_registration: isFlag, remove_alg_from_jwks: isFlag };

const settingRules: Readonly<Record<string, MemberRule>> = {
  resource_parameter_profile: oneOf('audience', 'compatibility'),
  default_audience: (value) => typeof value === 'string',
  authorization_response_iss_parameter_supported: isFlag,
  client_id_metadata_document_supported: isFlag,
  dynamic_client_registration_security_mode: oneOf('strict', 'permissive'),
  flags: (value) =>
    typeof value === 'object' && value !== null && !isFault(readBody({ ...value }, flagRules)),
};

/** `/tenants/settings` and `/connections`. */
export const tenantOperations: readonly Operation[] = [
  {
    ...{ method: 'GET', path: '/tenants/settings', scope: 'read:tenant_settings' },
    run: ({ tenant }) => ok(tenant.settings),
  },
  {
    ...{ method: 'PATCH', path: '/tenants/settings', scope: 'update:tenant_settings' },
    run({ tenant, payload }) {
      const read = readBody(payload, settingRules);
      if (isFault(read)) return read;
      const flags = { ...tenant.settings.flags, ...(read.members.flags ?? {}) };
      tenant.settings = { ...tenant.settings, ...read.members, flags };
      return ok(tenant.settings);
    },
  },
  {
    ...{ method: 'GET', path: '/connections', scope: 'read:connections' },
    run: ({ tenant, query }) =>
      // The real ones hold the secrets of the identity provider in here.
      checkpointPage(
        'connections',
        [...tenant.connections.values()].map((each) => ({
          ...each,
          options: { client_secret: 'secret-of-the-identity-provider' },
        })),
        query,
      ),
  },
  {
    ...{ method: 'PATCH', path: '/connections/{id}', scope: 'update:connections' },
    run({ tenant, id, payload }) {
      const connection = tenant.connections.get(id);
      const read = readBody(payload, { is_domain_connection: isFlag });
      if (isFault(read)) return read;
      if (!connection) {
        return managementFault(404, 'The connection does not exist', 'inexistent_connection');
      }
      const changed = { ...connection, ...read.members };
      tenant.connections.set(id, changed);
      return ok(changed);
    },
  },
];
