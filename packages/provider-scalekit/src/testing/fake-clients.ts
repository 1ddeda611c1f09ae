import { randomUUID } from 'node:crypto';
import type { FakeAuthorization, FakeClient } from '@portcullis/core/testing';
import type { RegisteredFakeClient } from './environment.js';

/**
 * A client as the OAuth endpoints know it: with a secret it is a machine, otherwise people use it.
 */
function toFakeClient({ record, secret }: RegisteredFakeClient): FakeClient {
  const { client_id: clientId, redirect_uris: redirectUris } = record;
  const byCode = ['authorization_code', 'refresh_token'];
  return {
    clientId,
    redirectUris,
    ...(secret === undefined ? {} : { secret }),
    grantTypes: [...byCode, ...(secret === undefined ? [] : ['client_credentials'])],
  };
}

/**
 * Makes OAuth endpoints know exactly these clients. One that was deleted stays, with a secret that
 * nobody has, so that it is answered `invalid_client`. Clients by document are never among them:
 * their document is asked for each time.
 */
export function showClients(
  authorization: FakeAuthorization,
  clients: readonly RegisteredFakeClient[],
): void {
  const known = new Map(clients.map((client) => [client.record.client_id, client]));
  for (const { clientId } of authorization.clients()) {
    if (known.has(clientId)) continue;
    authorization.addClient({ clientId, secret: randomUUID(), redirectUris: [] });
  }
  for (const client of known.values()) {
    if (!client.record.is_cimd) authorization.addClient(toFakeClient(client));
  }
}
