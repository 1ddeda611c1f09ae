import type { Settings } from '../settings.js';
import { REGISTERED_SCOPE } from './client-metadata.js';

/** What a registration answer has (RFC 7591 §3.2.1, RFC 7592 §3), in its order; all else is the engine's own business. */
const members = [
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
  'registration_access_token',
  'registration_client_uri',
  'client_name',
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'dpop_bound_access_tokens',
  'require_pushed_authorization_requests',
  'application_type',
  'scope',
  'jwks',
  'jwks_uri',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'contacts',
] as const;

/** Puts the registered scope back under its name, says where the client is managed, and drops what the RFCs do not know. */
export function registrationAnswer(
  body: Readonly<Record<string, unknown>>,
  { issuer }: Pick<Settings, 'issuer'>,
): object {
  const all: Record<string, unknown> = {
    ...body,
    scope: body[REGISTERED_SCOPE],
    registration_client_uri: `${issuer}/register/${body.client_id}`,
  };
  return Object.fromEntries(
    members.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]),
  );
}
