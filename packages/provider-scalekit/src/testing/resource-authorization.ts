import {
  type AnswerFault,
  type ClientDocument,
  createFakeAuthorization,
  type FakeAuthorization,
  oauthFault,
} from '@portcullis/core/testing';
import type { FakeScalekitEnvironment } from './environment.js';
import { showClients } from './fake-clients.js';
import type { FakeTokens, FakeUser } from './fake-tokens.js';
import { protobufJson } from './management/management-answer.js';
import { addClient, type ResourceRecord } from './records.js';

/** What the OAuth endpoints of the fake share. */
export interface AuthorizationTools {
  readonly environment: FakeScalekitEnvironment;
  readonly tokens: FakeTokens;
  readonly user: FakeUser;
  clientDocument?(url: string): ClientDocument | undefined | Promise<ClientDocument | undefined>;
  readonly clock: () => number;
}

/** Scopes of OpenID Connect, which every MCP server has beside its own. */
export const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

/** Not everything is as RFC 6749 has it. */
const answerFault: AnswerFault = (fault, endpoint) => {
  if (fault.reason === 'unknown_client' && endpoint === 'authorize') {
    const error = 'invalid_client_metadata_url';
    return { status: 400, body: { error, error_description: 'The client is not usable.' } };
  }
  if (fault.reason === 'registration_off') {
    return { status: 403, body: { error: fault.error, error_description: fault.description } };
  }
  return undefined;
};

/** The OAuth endpoints of one MCP server. Its record is read anew for each request. */
export function resourceAuthorization(
  resourceId: string,
  tools: AuthorizationTools,
): FakeAuthorization {
  const { environment, tokens, user, clock } = tools;
  const gone = () => oauthFault('invalid_request', 'There is no such MCP server.');
  const current = () => environment.resources.get(resourceId);

  const authorization = createFakeAuthorization({
    issuer: `${environment.url}/resources/${resourceId}`,
    subject: user.subject,
    clock,
    answerFault,
    sendsIssuer: () => false,
    get expiresIn() {
      return current()?.access_token_expiry ?? 3600;
    },
    decide({ client: { clientId }, grantType, scopes: asked }) {
      const resource = current();
      if (!resource) return gone();
      const audience = [resourceId];
      const own = offered(resource);
      const registered = environment.clients.get(clientId)?.record;
      const machine = grantType === 'client_credentials';
      const ceiling = machine ? (registered?.scopes ?? []) : [...own, ...OIDC_SCOPES];
      const beyond = asked.find((scope) => !ceiling.includes(scope));
      if (beyond !== undefined) {
        return oauthFault('invalid_scope', 'A scope is not known, or not allowed to the client.');
      }
      if (machine) return { audience, scopes: asked.length > 0 ? asked : ceiling };

      const { permissions = [] } = user;
      const held = resource.intersect_scopes_user_permission
        ? asked.filter((scope) => !own.includes(scope) || permissions.includes(scope))
        : asked;
      consent(environment, { clientId, resourceId, userId: user.subject, scopes: held });
      return { audience, scopes: held };
    },
    async mint({ client: { clientId }, subject, scopes }) {
      const resource = current();
      if (!resource) throw new Error('The MCP server is gone.');
      return tokens.mint({ clientId, scopes, resource, ...(subject ? { user } : {}) });
    },
    register(metadata) {
      const resource = current();
      if (!resource) return gone();
      if (resource.disable_dynamic_client_registration) {
        const sentence = 'Dynamic client registration is disabled for this server.';
        return oauthFault('access_denied', sentence, 'registration_off');
      }
      const { client_name: name, description, scope } = metadata;
      const { client_id: clientId, ...record } = addClient(environment, {
        name: typeof name === 'string' ? name : '',
        description: typeof description === 'string' ? description : '',
        scopes: typeof scope === 'string' ? scope.split(' ') : [],
        redirect_uris: metadata.redirect_uris,
        resource_id: resourceId,
        is_dcr: true,
      });
      const { is_dcr: _, is_cimd: __, metadata_uri: ___, organization_id: ____, ...shown } = record;
      return {
        client: { clientId, redirectUris: metadata.redirect_uris },
        response: { client_id: clientId, client_secret_expires_at: 0, ...protobufJson(shown) },
      };
    },
    async clientDocument(url) {
      if (!current()?.enable_cimd) return undefined;
      const document = await tools.clientDocument?.(url);
      if (document && !environment.clients.has(url)) {
        addClient(environment, {
          ...{ client_id: url, metadata_uri: url, is_cimd: true, resource_id: resourceId },
          redirect_uris: document.redirect_uris,
        });
      }
      return document;
    },
    revocable: (client) => client.secret !== undefined,
  });

  const own = () => {
    const clients = [...environment.clients.values()];
    showClients(
      authorization,
      clients.filter(({ record }) => record.resource_id === resourceId),
    );
  };
  return {
    ...authorization,
    authorize(request) {
      own();
      return authorization.authorize(request);
    },
    async token(request) {
      own();
      const refused = await withoutConsent(request, environment, resourceId);
      return refused ?? authorization.token(request);
    },
    revoke(request) {
      own();
      return authorization.revoke(request);
    },
  };
}

/** Scopes that the MCP server offers. */
export const offered = (resource: ResourceRecord): readonly string[] =>
  resource.scopes.filter(({ enabled }) => enabled).map(({ name }) => name);

function consent(
  { consents, newId, now }: FakeScalekitEnvironment,
  given: {
    readonly clientId: string;
    readonly resourceId: string;
    readonly userId: string;
    readonly scopes: readonly string[];
  },
): void {
  const same = [...consents.values()].find(
    ({ client_id, resource_id }) =>
      client_id === given.clientId && resource_id === given.resourceId,
  );
  const id = same?.id ?? newId('con');
  consents.set(id, {
    id,
    client_id: given.clientId,
    resource_id: given.resourceId,
    user_id: given.userId,
    scopes: [...new Set([...(same?.scopes ?? []), ...given.scopes])],
    create_time: same?.create_time ?? now(),
  });
}

/**
 * A refresh token is good only as long as its consent is there. Access tokens that were issued
 * before live on.
 */
async function withoutConsent(
  request: Request,
  { consents }: FakeScalekitEnvironment,
  resourceId: string,
): Promise<Response | undefined> {
  const form = new URLSearchParams(await request.clone().text());
  const clientId = form.get('client_id');
  if (form.get('grant_type') !== 'refresh_token' || clientId === null) return undefined;
  const there = [...consents.values()].some(
    ({ client_id, resource_id }) => client_id === clientId && resource_id === resourceId,
  );
  const body = { error: 'invalid_grant', error_description: 'The consent was withdrawn.' };
  return there ? undefined : Response.json(body, { status: 400 });
}
