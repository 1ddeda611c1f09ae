import type { ClientMetadata } from 'oidc-provider';
import type { TrustedAssertions } from '../assertions/trusted-assertions.js';
import { isLoopbackRedirect, privateScheme } from '../clients/redirect-uri.js';
import { grantTypesOf, type KnownClient } from '../clients/registered-client.js';
import { JWT_BEARER } from '../grants/grant-types.js';

/** A client of the operator in the engine's words. Its scopes stay out: the engine would only compare them literally. */
export function toEngineClient(
  client: KnownClient,
  { forPeople, forWorkloads }: Pick<TrustedAssertions, 'forPeople' | 'forWorkloads'>,
): ClientMetadata {
  const { clientId, name, redirectUris = [], authentication, dpopBoundAccessTokens } = client;
  // A client of the store may have been set up under other options; the engine would not take it at all.
  const known = forPeople || forWorkloads;
  const grants = grantTypesOf(client).filter((grant) => grant !== JWT_BEARER || known);
  const local = redirectUris.some((uri) => isLoopbackRedirect(uri) || privateScheme(uri));
  return {
    client_id: clientId,
    client_name: name,
    redirect_uris: [...redirectUris],
    grant_types: [...grants],
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    response_modes: ['query'],
    application_type: local ? 'native' : 'web',
    token_endpoint_auth_method: authentication.method,
    ...(dpopBoundAccessTokens ? { dpop_bound_access_tokens: true } : {}),
    ...('secret' in authentication ? { client_secret: authentication.secret } : {}),
    ...('jwks' in authentication
      ? { jwks: { keys: authentication.jwks.keys.map((key) => ({ ...key })) } }
      : {}),
  } as ClientMetadata;
}
