import {
  createFakeAuthorization,
  type FakeAuthorization,
  oauthFault,
} from '@portcullis/core/testing';
import { showClients } from './fake-clients.js';
import type { AuthorizationTools } from './resource-authorization.js';

/** Seconds that tokens of the environment's own client and of clients of organisations live. */
const LIFETIME = 86_399;

/**
 * `/oauth/token` for clients that belong to no MCP server: the environment's own (`skc_…`) and
 * those of organisations (`m2morg_…`).
 */
export function environmentAuthorization({
  environment,
  tokens,
  clock,
}: AuthorizationTools): FakeAuthorization {
  const { credentials, managementTokens } = environment;
  const authorization = createFakeAuthorization({
    issuer: environment.url,
    clock,
    expiresIn: LIFETIME,
    decide({ client, scopes: asked }) {
      const record = environment.clients.get(client.clientId)?.record;
      const allowed = record?.scopes ?? [];
      if (asked.some((scope) => !allowed.includes(scope))) {
        return oauthFault('invalid_scope', 'A scope is not allowed to the client.');
      }
      return { audience: [], scopes: asked.length > 0 ? asked : allowed };
    },
    async mint({ client: { clientId }, scopes }) {
      const client = environment.clients.get(clientId)?.record;
      const token = await tokens.mint({ clientId, scopes, ...(client ? { client } : {}) });
      if (clientId === credentials.clientId) managementTokens.add(token);
      return token;
    },
  });
  return {
    ...authorization,
    token(request) {
      const clients = [...environment.clients.values()];
      showClients(
        authorization,
        clients.filter(({ record }) => record.resource_id === ''),
      );
      const { clientId, clientSecret: secret } = credentials;
      const grantTypes = ['client_credentials'];
      authorization.addClient({ clientId, secret, redirectUris: [], grantTypes });
      return authorization.token(request);
    },
  };
}
