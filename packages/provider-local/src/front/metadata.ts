import { takesDocuments } from '../documents/document-url.js';
import {
  assertionAlgorithms,
  authenticationMethods,
  enginePaths,
} from '../engine/engine-configuration.js';
import { isWildcard } from '../grants/scope-choice.js';
import { proofAlgorithms } from '../proof/proof-key.js';
import type { Settings } from '../settings.js';
import { grantMetadata } from './grant-metadata.js';

/**
 * The authorization server metadata (RFC 8414 §2). Ours, word by word: the engine would derive its URLs from the request.
 * What is not offered is not in it.
 */
export function serverMetadata(settings: Settings): Readonly<Record<string, unknown>> {
  const { issuer, resources, dynamicRegistration, initialAccessToken } = settings;
  const { dpop, pushedAuthorizationRequests } = settings;
  // Clients that see an endpoint register without a token, and give up where that fails.
  const openRegistration = dynamicRegistration && !initialAccessToken;
  const at = (path: string) => `${issuer}${path}`;
  const names = resources.flatMap(({ scopes }) => scopes.names);
  const scopes = [...new Set(names)].filter((name) => !isWildcard(name));
  return {
    issuer,
    authorization_endpoint: at(enginePaths.authorization),
    token_endpoint: at(enginePaths.token),
    ...(openRegistration ? { registration_endpoint: at(enginePaths.registration) } : {}),
    revocation_endpoint: at(enginePaths.revocation),
    jwks_uri: at('/jwks'),
    ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    ...grantMetadata(settings),
    token_endpoint_auth_methods_supported: [...authenticationMethods],
    token_endpoint_auth_signing_alg_values_supported: [...assertionAlgorithms],
    revocation_endpoint_auth_methods_supported: [...authenticationMethods],
    revocation_endpoint_auth_signing_alg_values_supported: [...assertionAlgorithms],
    ...(settings.introspectors.size > 0
      ? {
          introspection_endpoint: at(enginePaths.introspection),
          introspection_endpoint_auth_methods_supported: authenticationMethods.filter(
            (method) => method !== 'none',
          ),
          introspection_endpoint_auth_signing_alg_values_supported: [...assertionAlgorithms],
        }
      : {}),
    ...(pushedAuthorizationRequests
      ? {
          pushed_authorization_request_endpoint: at(enginePaths.pushed_authorization_request),
          require_pushed_authorization_requests: pushedAuthorizationRequests === 'required',
        }
      : {}),
    ...(dpop ? { dpop_signing_alg_values_supported: [...proofAlgorithms] } : {}),
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: takesDocuments(settings),
    protected_resources: resources.map(({ resource }) => resource),
  };
}

/** The same for clients that look for OpenID Connect Discovery 1.0 §3. No ID token is issued. */
export function openidMetadata(settings: Settings): Readonly<Record<string, unknown>> {
  return {
    ...serverMetadata(settings),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [settings.signingAlgorithm],
  };
}

/** Where the two documents lie: between host and path (RFC 8414 §3.1), and for OpenID also below the path. */
export function metadataPaths({ basePath }: Pick<Settings, 'basePath'>): {
  readonly oauth: string;
  readonly openid: readonly string[];
} {
  const inserted = `/.well-known/openid-configuration${basePath}`;
  const below = `${basePath}/.well-known/openid-configuration`;
  return {
    oauth: `/.well-known/oauth-authorization-server${basePath}`,
    openid: [...new Set([inserted, below])],
  };
}
