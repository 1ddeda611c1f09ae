import type { ManagementClient } from 'auth0';
import type { Auth0Call } from './auth0-call.js';
import { asking } from './auth0-failure.js';

/**
 * Makes one writing call.
 *
 * @param machineId - The client that `create_machine` made in this run, if it did.
 * @returns The id of a client that was made. Its secret is dropped: nothing here ever holds it
 *   longer than the answer.
 * @throws {VendorFailure}
 */
export async function applyAuth0(
  client: ManagementClient,
  call: Auth0Call,
  machineId: string | undefined,
): Promise<string | undefined> {
  switch (call.kind) {
    case 'create_api': {
      const task = { to: 'create the API', scope: 'create:resource_servers' };
      const { scopes, ...body } = call.body;
      await asking(task, () => client.resourceServers.create({ ...body, scopes: [...scopes] }));
      return undefined;
    }
    case 'update_api': {
      const task = { to: 'change the API', scope: 'update:resource_servers' };
      const { scopes, ...body } = call.body;
      const list = scopes === undefined ? {} : { scopes: [...scopes] };
      await asking(task, () => client.resourceServers.update(call.id, { ...body, ...list }));
      return undefined;
    }
    case 'update_settings': {
      const task = { to: 'change the tenant settings', scope: 'update:tenant_settings' };
      await asking(task, () => client.tenants.settings.update(call.body));
      return undefined;
    }
    case 'update_connection': {
      const task = { to: 'change the connection', scope: 'update:connections' };
      await asking(task, () => client.connections.update(call.id, { is_domain_connection: true }));
      return undefined;
    }
    case 'create_default_grant': {
      const task = { to: 'create the default grant', scope: 'create:client_grants' };
      const { audience, scope } = call;
      await asking(task, () =>
        client.clientGrants.create({
          ...{ default_for: 'third_party_clients', subject_type: 'user' },
          ...{ audience, scope: [...scope] },
        }),
      );
      return undefined;
    }
    case 'update_grant': {
      const task = { to: 'widen the client grant', scope: 'update:client_grants' };
      await asking(task, () => client.clientGrants.update(call.id, { scope: [...call.scope] }));
      return undefined;
    }
    case 'create_machine': {
      const task = { to: 'create the machine client', scope: 'create:clients' };
      const made = await asking(task, () =>
        client.clients.create({
          ...{ name: call.name, app_type: 'non_interactive' },
          ...{ grant_types: ['client_credentials'], is_first_party: true },
          token_endpoint_auth_method: 'client_secret_post',
        }),
      );
      return made.client_id;
    }
    case 'create_machine_grant': {
      const task = { to: 'create the grant of the machine client', scope: 'create:client_grants' };
      const { audience, scope, client_id = machineId ?? '' } = call;
      await asking(task, () =>
        client.clientGrants.create({
          ...{ client_id, audience, scope: [...scope], subject_type: 'client' },
        }),
      );
      return undefined;
    }
  }
}
