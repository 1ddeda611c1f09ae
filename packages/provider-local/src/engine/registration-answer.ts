import { REGISTERED_SCOPE } from './client-metadata.js';

/** What a registration answer has (RFC 7591 §3.2.1), in its order; all else is the engine's own business. */
const members = [
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
  'client_name',
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
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

/** Puts the registered scope back under its name and drops what RFC 7591 does not know. */
export function registrationAnswer(body: Readonly<Record<string, unknown>>): object {
  const all: Record<string, unknown> = { ...body, scope: body[REGISTERED_SCOPE] };
  return Object.fromEntries(
    members.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]),
  );
}
