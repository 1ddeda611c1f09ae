import { auth, extractWWWAuthenticateParams } from '@modelcontextprotocol/client';

export const callback = 'http://127.0.0.1:33418/callback';

/** What the person's browser was sent back with, and the tokens that the client keeps. */
export interface ConnectedClient {
  /**
   * Signs in as the official client does it. @throws {Error} with Auth0's words where the redirect
   * brings an error.
   */
  connect(serverUrl: string, scope?: string): Promise<string>;
  /** Asks for a new access token with what is kept. */
  refresh(serverUrl: string): Promise<string>;
  /** As if the tokens were lost, or did not reach. */
  forgetTokens(): void;
  readonly kept: {
    tokens?: { readonly access_token: string; readonly refresh_token?: string };
    client?: { readonly client_id: string };
  };
}

/** The official MCP client with everything in memory, and a person who allows whatever is asked. */
export function mcpClient(
  more: {
    readonly clientMetadataUrl?: string;
    readonly client?: { readonly client_id: string };
  } = {},
): ConnectedClient {
  const kept: ConnectedClient['kept'] & { verifier?: string; discovery?: unknown } = {
    ...(more.client ? { client: more.client } : {}),
  };
  let sentBack: URLSearchParams | undefined;
  const application = {
    redirectUrl: callback,
    clientMetadata: {
      client_name: 'MCP client',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    ...(more.clientMetadataUrl ? { clientMetadataUrl: more.clientMetadataUrl } : {}),
    state: () => 'state-of-the-client',
    clientInformation: () => kept.client,
    saveClientInformation(client: { client_id: string }) {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens(tokens: { access_token: string }) {
      kept.tokens = tokens;
    },
    async redirectToAuthorization(url: URL) {
      const response = await fetch(url, { redirect: 'manual' });
      const location = response.headers.get('location');
      if (!location) throw new Error(`No redirect: ${await response.text()}`);
      sentBack = new URL(location).searchParams;
    },
    saveCodeVerifier(verifier: string) {
      kept.verifier = verifier;
    },
    codeVerifier: () => String(kept.verifier),
    saveDiscoveryState(discovery: unknown) {
      kept.discovery = discovery;
    },
    discoveryState: () => kept.discovery,
  };

  return {
    kept,
    async connect(serverUrl, scope) {
      const { resourceMetadataUrl } = extractWWWAuthenticateParams(await fetch(serverUrl));
      const asked = {
        serverUrl,
        ...(resourceMetadataUrl ? { resourceMetadataUrl } : {}),
        ...(scope === undefined ? {} : { scope }),
      };
      await auth(application as never, asked);
      const error = sentBack?.get('error');
      if (error) throw new Error(`${error}: ${sentBack?.get('error_description')}`);
      const iss = sentBack?.get('iss');
      return auth(application as never, {
        serverUrl,
        authorizationCode: sentBack?.get('code') ?? '',
        ...(iss ? { iss } : {}),
      });
    },
    forgetTokens() {
      delete kept.tokens;
    },
    refresh: (serverUrl) => auth(application as never, { serverUrl }),
  };
}
