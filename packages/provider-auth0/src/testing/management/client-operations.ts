import { randomBytes } from 'node:crypto';
import type { TenantClient } from '../tenant.js';
import { isFault, ok } from './management-answer.js';
import type { Operation } from './operation.js';
import { offsetPage } from './paging.js';
import { isFlag, isText, isTexts, oneOf, readBody } from './read-body.js';

const rules = {
  name: isText,
  app_type: oneOf('native', 'spa', 'regular_web', 'non_interactive', 'resource_server'),
  callbacks: isTexts,
  grant_types: isTexts,
  token_endpoint_auth_method: oneOf('none', 'client_secret_post', 'client_secret_basic'),
  is_first_party: isFlag,
};

/** `/clients`. Lists hold the secrets too, unless `fields` leaves them out. */
export const clientOperations: readonly Operation[] = [
  {
    ...{ method: 'GET', path: '/clients', scope: 'read:clients' },
    run: ({ tenant, query }) => offsetPage('clients', [...tenant.clients.values()], query),
  },
  {
    ...{ method: 'POST', path: '/clients', scope: 'create:clients' },
    run({ tenant, payload }) {
      const read = readBody(payload, rules, ['name']);
      if (isFault(read)) return read;
      const client: TenantClient = {
        ...{ client_id: randomBytes(24).toString('hex'), name: String(payload.name) },
        ...{ app_type: 'regular_web', callbacks: [], is_first_party: true },
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'client_secret_post',
        ...read.members,
      };
      const secret = randomBytes(48).toString('base64url');
      const made =
        client.token_endpoint_auth_method === 'none'
          ? client
          : { ...client, client_secret: secret };
      tenant.clients.set(made.client_id, made);
      return ok(made, 201);
    },
  },
];
