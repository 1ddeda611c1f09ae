import { randomUUID } from 'node:crypto';
import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';

/** What the MCP SDK asks of an app: somewhere to keep things, and a way to open the browser. Here both are variables. */
export interface MemoryClient extends OAuthClientProvider {
  /** Where the browser was to be sent last. */
  readonly authorizationUrl: URL | undefined;
  readonly lastState: string | undefined;
  readonly currentTokens: StoredOAuthTokens | undefined;
  readonly registration: StoredOAuthClientInformation | undefined;
}

/**
 * Makes the memory of one client.
 *
 * @param options.clientMetadataUrl - The client's document (CIMD).
 * @param options.clientId - The name that `options.issuer` gave it, with the secret that came along, if any. With neither of the two the
 *   client registers itself (DCR).
 */
export function memoryClient(options: {
  readonly name: string;
  readonly redirectUrl: string;
  readonly clientMetadataUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly issuer?: string;
}): MemoryClient {
  const { name, redirectUrl, clientMetadataUrl, clientId, clientSecret, issuer } = options;
  const clientMetadata: OAuthClientMetadata = {
    client_name: name,
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  let authorizationUrl: URL | undefined;
  let lastState: string | undefined;
  let tokens: StoredOAuthTokens | undefined;
  let registration: StoredOAuthClientInformation | undefined = clientId
    ? { client_id: clientId, client_secret: clientSecret, issuer }
    : undefined;
  let verifier = '';
  let discovery: OAuthDiscoveryState | undefined;

  return {
    get authorizationUrl() {
      return authorizationUrl;
    },
    get lastState() {
      return lastState;
    },
    get currentTokens() {
      return tokens;
    },
    get registration() {
      return registration;
    },
    redirectUrl,
    clientMetadata,
    ...(clientMetadataUrl ? { clientMetadataUrl } : {}),
    state() {
      lastState = randomUUID();
      return lastState;
    },
    clientInformation: () => registration,
    saveClientInformation(information) {
      registration = information;
    },
    tokens: () => tokens,
    saveTokens(saved) {
      tokens = saved;
      // The server may name another issuer next time, so it is asked again.
      discovery = undefined;
    },
    redirectToAuthorization(url) {
      authorizationUrl = url;
    },
    saveCodeVerifier(saved) {
      verifier = saved;
    },
    codeVerifier: () => verifier,
    discoveryState: () => discovery,
    saveDiscoveryState(state) {
      requirePkce(state);
      discovery = state;
    },
  };
}

/**
 * The MCP SDK goes on where an issuer says nothing about PKCE. A client must not: without it, whoever catches the code has the token.
 *
 * @see MCP 2025-11-25 and 2026-07-28, Authorization, "Authorization Code Protection"
 */
function requirePkce({ authorizationServerMetadata }: OAuthDiscoveryState): void {
  if (authorizationServerMetadata?.code_challenge_methods_supported?.includes('S256')) return;
  throw new Error(
    'The issuer does not say that it supports PKCE (S256). This app does not sign in there.',
  );
}
