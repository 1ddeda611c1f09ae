import type { FakeArea } from './fake-server.js';
import type { OAuthEndpoint } from './oauth/oauth-fault.js';

/** Where a fake issuer has what. */
export interface FakeIssuerDocuments {
  /** RFC 8414 §2. */
  readonly metadata: { readonly jwks_uri: string } & Readonly<Record<string, unknown>>;
  /** Paths of the OAuth endpoints. */
  readonly endpoints: ReadonlyMap<string, OAuthEndpoint>;
  areaOf(pathname: string): FakeArea;
}

/** The metadata of an issuer whose endpoints lie below it, and which path belongs to what. */
export function fakeIssuerDocuments(
  issuer: string,
  metadataUrls: readonly string[],
): FakeIssuerDocuments {
  const metadata = {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    revocation_endpoint: `${issuer}/revoke`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
  const pathOf = (url: string): string => new URL(url).pathname;
  const metadataPaths = new Set(metadataUrls.map(pathOf));
  const endpoints = new Map<string, OAuthEndpoint>([
    [pathOf(metadata.authorization_endpoint), 'authorize'],
    [pathOf(metadata.token_endpoint), 'token'],
    [pathOf(metadata.registration_endpoint), 'register'],
    [pathOf(metadata.revocation_endpoint), 'revoke'],
  ]);

  return {
    metadata,
    endpoints,
    areaOf(pathname) {
      if (pathname === pathOf(metadata.jwks_uri)) return 'keys';
      if (metadataPaths.has(pathname)) return 'metadata';
      return endpoints.get(pathname) === 'token' ? 'token' : 'other';
    },
  };
}
