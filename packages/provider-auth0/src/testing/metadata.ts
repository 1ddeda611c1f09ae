import type { Tenant } from './tenant.js';

/** The one document that a tenant serves for OpenID Connect and for RFC 8414. */
export function metadataOf({ issuer, settings }: Tenant): Readonly<Record<string, unknown>> {
  const { flags } = settings;
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth/token`,
    device_authorization_endpoint: `${issuer}oauth/device/code`,
    userinfo_endpoint: `${issuer}userinfo`,
    mfa_challenge_endpoint: `${issuer}mfa/challenge`,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    // Whether a real tenant still names it with the flag off is not known.
    ...(flags.enable_dynamic_client_registration
      ? { registration_endpoint: `${issuer}oidc/register` }
      : {}),
    revocation_endpoint: `${issuer}oauth/revoke`,
    scopes_supported: ['openid', 'profile', 'offline_access', 'name', 'email', 'picture'],
    response_types_supported: [
      ...['code', 'token', 'id_token', 'code token', 'code id_token'],
      ...['token id_token', 'code token id_token'],
    ],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    code_challenge_methods_supported: ['S256', 'plain'],
    subject_types_supported: ['public'],
    // `none` is missing, though public clients work.
    token_endpoint_auth_methods_supported: [
      ...['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    ],
    id_token_signing_alg_values_supported: ['HS256', 'RS256', 'PS256'],
    request_uri_parameter_supported: false,
    request_parameter_supported: false,
    authorization_response_iss_parameter_supported:
      settings.authorization_response_iss_parameter_supported,
    ...(settings.client_id_metadata_document_supported
      ? { client_id_metadata_document_supported: true }
      : {}),
  };
}
