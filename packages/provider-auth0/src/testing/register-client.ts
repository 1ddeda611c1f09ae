import { randomBytes } from 'node:crypto';
import {
  type ClientMetadata,
  type FakeClient,
  type OAuthFault,
  oauthFault,
  type RegisteredClient,
} from '@portcullis/core/testing';
import type { Tenant, TenantClient } from './tenant.js';

/** How the OAuth endpoints see a client: under the name that it uses itself. */
export const asFakeClient = (client: TenantClient): FakeClient => ({
  clientId: client.external_client_id ?? client.client_id,
  ...(client.client_secret === undefined ? {} : { secret: client.client_secret }),
  redirectUris: client.callbacks,
  grantTypes: client.grant_types,
});

/** Registers a third party (RFC 7591), if the tenant lets anybody register. */
export function registerClient(
  tenant: Tenant,
  metadata: ClientMetadata,
): RegisteredClient | OAuthFault {
  const { flags, dynamic_client_registration_security_mode: mode } = tenant.settings;
  if (!flags.enable_dynamic_client_registration) {
    // The status of a real tenant is not known.
    const sentence = 'Dynamic client registration is not enabled';
    return oauthFault('access_denied', sentence, 'registration_off');
  }
  const { client_name: name, token_endpoint_auth_method: method } = metadata;
  const strict = mode === 'strict';
  const isPublic = method === 'none';
  const id = randomBytes(24).toString('base64url').replaceAll(/[-_]/g, '0');
  const secret = isPublic ? undefined : randomBytes(48).toString('base64url');
  const client: TenantClient = {
    client_id: strict ? `tpc_${id}` : id,
    ...(secret === undefined ? {} : { client_secret: secret }),
    name: typeof name === 'string' ? name : 'My App',
    ...{ app_type: isPublic ? 'native' : 'regular_web', callbacks: metadata.redirect_uris },
    // For third parties there is nothing else under the mode `strict`.
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_post',
    ...{ is_first_party: false, third_party_security_mode: mode, external_metadata_type: 'dcr' },
  };
  tenant.clients.set(client.client_id, client);
  return {
    client: asFakeClient(client),
    response: {
      client_name: client.name,
      client_id: client.client_id,
      ...(secret === undefined ? {} : { client_secret: secret }),
      client_secret_expires_at: 0,
      redirect_uris: client.callbacks,
      token_endpoint_auth_method: client.token_endpoint_auth_method,
      grant_types: client.grant_types,
    },
  };
}
