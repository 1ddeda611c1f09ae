import type { ApiScope } from './auth0-state.js';

/** One writing call to the Management API, as data. */
export type Auth0Call =
  | {
      readonly kind: 'create_api';
      readonly body: ApiSettings & { readonly identifier: string; readonly name: string };
    }
  | { readonly kind: 'update_api'; readonly id: string; readonly body: Partial<ApiSettings> }
  | { readonly kind: 'update_settings'; readonly body: TenantSettings }
  | { readonly kind: 'update_connection'; readonly id: string }
  | {
      readonly kind: 'create_default_grant';
      readonly audience: string;
      readonly scope: readonly string[];
    }
  | { readonly kind: 'update_grant'; readonly id: string; readonly scope: readonly string[] }
  | { readonly kind: 'create_machine'; readonly name: string }
  | {
      readonly kind: 'create_machine_grant';
      /** Absent: the client that `create_machine` made in this run. */
      readonly client_id?: string;
      readonly audience: string;
      readonly scope: readonly string[];
    };

/** What set-up writes of an API. */
export interface ApiSettings {
  readonly scopes: readonly ApiScope[];
  readonly signing_alg: 'RS256';
  readonly token_dialect: 'rfc9068_profile_authz';
  readonly enforce_policies: true;
  readonly allow_offline_access: true;
}

/** What set-up writes of a tenant. */
export interface TenantSettings {
  readonly resource_parameter_profile?: 'compatibility';
  readonly authorization_response_iss_parameter_supported?: true;
  readonly client_id_metadata_document_supported?: true;
  readonly flags?: { readonly enable_dynamic_client_registration: true };
}
