import type { FakeScalekitEnvironment } from './environment.js';
import type { ResourceRecord } from './records.js';
import { OIDC_SCOPES, offered } from './resource-authorization.js';

/** Members that both kinds of metadata have. */
const common = {
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'client_secret_basic'],
};

/**
 * Metadata of the authorization server of one MCP server (RFC 8414 §2). What is off in the
 * dashboard is not in it.
 */
export function resourceMetadata(
  { url, switches }: FakeScalekitEnvironment,
  resource: ResourceRecord,
): object {
  const issuer = `${url}/resources/${resource.id}`;
  return {
    issuer: switches.metadataIssuer ?? issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    ...(resource.disable_dynamic_client_registration
      ? {}
      : { registration_endpoint: `${url}/api/v1/resources/${resource.id}/clients:register` }),
    jwks_uri: `${url}/keys`,
    ...common,
    client_id_metadata_document_supported: resource.enable_cimd,
    scopes_supported: [...OIDC_SCOPES, ...offered(resource)],
  };
}

/** Metadata of the environment (OpenID Connect Discovery §3): nobody registers there. */
export const environmentMetadata = ({ url, switches }: FakeScalekitEnvironment): object => ({
  issuer: switches.metadataIssuer ?? url,
  authorization_endpoint: `${url}/oauth/authorize`,
  token_endpoint: `${url}/oauth/token`,
  jwks_uri: `${url}/keys`,
  ...common,
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  scopes_supported: OIDC_SCOPES,
});

/** What the dashboard shows for the server to publish (RFC 9728 §2). */
export const dashboardMetadata = (
  { url }: FakeScalekitEnvironment,
  resource: ResourceRecord,
): string =>
  JSON.stringify({
    authorization_servers: [`${url}/resources/${resource.id}`],
    bearer_methods_supported: ['header'],
    resource: resource.resource_uri || resource.id,
    ...(resource.resource_uri === ''
      ? {}
      : { resource_documentation: `${resource.resource_uri.replace(/\/$/, '')}/docs` }),
    scopes_supported: offered(resource),
  });
