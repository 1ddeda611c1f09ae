import type { EndpointContext, FakeAuthorizationOptions } from './authorization-options.js';
import { authorizeEndpoint } from './authorize-endpoint.js';
import { type FakeClient, fakeClients } from './fake-clients.js';
import { fakeGrants } from './fake-grants.js';
import { faultAnswer, noStore, type OAuthEndpoint, type OAuthFault } from './oauth-fault.js';
import { registerEndpoint } from './register-endpoint.js';
import { revokeEndpoint } from './revoke-endpoint.js';
import { tokenEndpoint } from './token-endpoint.js';

/** OAuth endpoints that approve without asking anybody. Requests come in whole; which path leads where is the vendor's. */
export interface FakeAuthorization {
  /** GET, or POST with a form: a 302 to the client, or a refusal where it cannot be trusted with one. */
  authorize(request: Request): Promise<Response>;
  /** Form or JSON. Grants: `authorization_code`, `refresh_token`, `client_credentials` and the vendor's own. */
  token(request: Request): Promise<Response>;
  register(request: Request): Promise<Response>;
  revoke(request: Request): Promise<Response>;
  clients(): readonly FakeClient[];
  addClient(client: FakeClient): void;
  /** Ends all open codes and refresh tokens. Access tokens are JWTs and live on. */
  revokeGrants(): void;
}

/**
 * An authorization server without accounts: codes with PKCE (S256) for one use, refresh tokens that rotate, client
 * credentials, registration and revocation.
 *
 * Does NOT ask for a sign-in or a consent, does not need `state`, knows no DPoP and no `private_key_jwt`.
 *
 * @see RFC 6749, RFC 7009, RFC 7591, RFC 7636, RFC 8252 §7.3, RFC 8707, RFC 9207
 */
export function createFakeAuthorization(options: FakeAuthorizationOptions): FakeAuthorization {
  const { answerFault = () => undefined, clock = Date.now } = options;
  const clients = fakeClients(options.clients ?? [], (url) => options.clientDocument?.(url));
  const grants = fakeGrants(clock);
  const context: EndpointContext = { options, clients, grants };

  const answering =
    (
      endpoint: OAuthEndpoint,
      run: (context: EndpointContext, request: Request) => Promise<Response | OAuthFault>,
    ) =>
    async (request: Request): Promise<Response> => {
      const answer = await run(context, request);
      if (answer instanceof Response) return answer;
      return noStore(answerFault(answer, endpoint) ?? faultAnswer(answer));
    };

  return {
    authorize: answering('authorize', authorizeEndpoint),
    token: answering('token', tokenEndpoint),
    register: answering('register', registerEndpoint),
    revoke: answering('revoke', revokeEndpoint),
    clients: clients.all,
    addClient: clients.add,
    revokeGrants: grants.revokeAll,
  };
}
