import type { RequestListener } from 'node:http';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ClientService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/clients/clients_pb.js';
import type { FakeScalekitEnvironment } from './environment.js';
import { addClient } from './records.js';

/**
 * The part of the SDK's gRPC side that makes machine clients: `m2m.createOrganizationClient`,
 * `get…` and `delete…`.
 */
export function clientService(environment: FakeScalekitEnvironment): RequestListener {
  function authenticate({ requestHeader }: HandlerContext): void {
    // The SDK comes without a token first, and fetches one when it is told to.
    if (environment.mayManage(requestHeader.get('authorization'))) return;
    throw new ConnectError('unauthenticated', Code.Unauthenticated);
  }

  function find(organizationId: string, clientId: string) {
    const found = environment.clients.get(clientId);
    if (found?.record.organization_id === organizationId) return found.record;
    throw new ConnectError('client not found', Code.NotFound);
  }

  const listener = connectNodeAdapter({
    routes({ service }) {
      service(ClientService, {
        createOrganizationClient({ organizationId, client }, context) {
          authenticate(context);
          const plainSecret = `test_${environment.newId('secret')}`;
          const record = addClient(environment, {
            organization_id: organizationId,
            name: client?.name ?? '',
            description: client?.description ?? '',
            scopes: client?.scopes ?? [],
            audience: client?.audience ?? [],
            custom_claims: (client?.customClaims ?? []).map(({ key, value }) => ({ key, value })),
            expiry: 86_399,
            secret: plainSecret,
          });
          return { plainSecret, client: toMessage(record) };
        },
        getOrganizationClient({ organizationId, clientId }, context) {
          authenticate(context);
          return { client: toMessage(find(organizationId, clientId)) };
        },
        deleteOrganizationClient({ organizationId, clientId }, context) {
          authenticate(context);
          environment.clients.delete(find(organizationId, clientId).client_id);
          return {};
        },
      });
    },
  });
  return listener as unknown as RequestListener;
}

function toMessage(record: ReturnType<typeof addClient>) {
  return {
    clientId: record.client_id,
    name: record.name,
    description: record.description,
    organizationId: record.organization_id,
    scopes: [...record.scopes],
    audience: [...record.audience],
    customClaims: record.custom_claims.map(({ key, value }) => ({ key, value })),
    expiry: BigInt(record.expiry),
  };
}
