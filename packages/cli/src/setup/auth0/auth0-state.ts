/** A scope of an API, in the spelling of the Management API. */
export interface ApiScope {
  readonly value: string;
  readonly description: string;
}

/** What of a tenant set-up looks at, read through the Management API. */
export interface Auth0State {
  /** The API whose identifier is the resource, byte for byte. */
  readonly api?: {
    readonly id: string;
    readonly scopes: readonly ApiScope[];
    readonly signing_alg: string;
    readonly token_dialect: string;
    readonly enforce_policies: boolean;
    /** Whether clients may have refresh tokens for the API. */
    readonly allow_offline_access: boolean;
  };
  /** The identifier of an API that differs from the resource by the slash at its end. */
  readonly twin?: string;
  readonly settings: {
    /** `undefined` where the tenant does not show it. */
    readonly resource_parameter_profile: string | undefined;
    readonly authorization_response_iss_parameter_supported: boolean;
    readonly client_id_metadata_document_supported: boolean;
    readonly enable_dynamic_client_registration: boolean;
  };
  readonly connections: readonly {
    readonly id: string;
    readonly name: string;
    readonly is_domain_connection: boolean;
  }[];
  /** What third-party clients may ask of the API without a grant of their own. */
  readonly thirdPartyGrant?: ApiGrant;
  /** The applications that have the name of the machine client. */
  readonly machines: readonly {
    readonly client_id: string;
    readonly isMachine: boolean;
    readonly grant?: ApiGrant;
  }[];
}

/** A client grant. */
export interface ApiGrant {
  readonly id: string;
  readonly scope: readonly string[];
  readonly allow_all_scopes: boolean;
}
