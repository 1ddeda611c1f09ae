import * as oauth from 'oauth4webapi';
import type { Scene } from './scene.js';
import { REDIRECT } from './vendor-setting.js';

/** What one sign-in left behind, so that it can be tried again. */
interface SignedIn {
  readonly callback: URLSearchParams;
  readonly verifier: string;
}

/** The same app on another library, `oauth4webapi`, which checks every answer to the letter of the specifications. */
export interface StrictClient {
  /** Signs in for one resource, and does not redeem the code yet. */
  signIn(resource: string, scopes: readonly string[]): Promise<SignedIn>;
  /** Trades a code for tokens. */
  redeem(signedIn: SignedIn): Promise<Response>;
  /** Trades a refresh token for new tokens. */
  refresh(refreshToken: string): Promise<Response>;
  /** Reads a token answer. @throws when it is not exactly as specified. */
  tokens(response: Response): Promise<oauth.TokenEndpointResponse>;
}

/** Makes the client, for one issuer. Its tokens are those of the app. */
export async function strictClient(
  { vendor, fetch, person }: Scene,
  issuerUrl: string,
): Promise<StrictClient> {
  // Loopback is the one place where OAuth goes without TLS.
  const options = { [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: true };
  const client: oauth.Client = { client_id: vendor.app.clientId };
  const issuer = new URL(issuerUrl);
  const discovered = await oauth.discoveryRequest(issuer, {
    algorithm: 'oauth2',
    [oauth.allowInsecureRequests]: true,
  });
  const server = await oauth.processDiscoveryResponse(issuer, discovered);

  return {
    async signIn(resource, scopes) {
      const verifier = oauth.generateRandomCodeVerifier();
      const state = oauth.generateRandomState();
      const url = new URL(server.authorization_endpoint ?? '');
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: client.client_id,
        redirect_uri: REDIRECT,
        scope: scopes.join(' '),
        resource,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).toString();
      const answer = await person.decide(url);
      return {
        callback: oauth.validateAuthResponse(server, client, answer.callback, state),
        verifier,
      };
    },
    redeem: ({ callback, verifier }) =>
      oauth.authorizationCodeGrantRequest(
        server,
        client,
        oauth.None(),
        callback,
        REDIRECT,
        verifier,
        options,
      ),
    refresh: (refreshToken) =>
      oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options),
    tokens: (response) => oauth.processAuthorizationCodeResponse(server, client, response),
  };
}
