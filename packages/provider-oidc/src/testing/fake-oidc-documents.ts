import type { FakeArea } from '@portcullis/core/testing';
import type { VendorShape } from './vendor-shapes.js';

/** What a path of a fake issuer leads to. */
type FakeEndpoint =
  | 'metadata'
  | 'keys'
  | 'authorize'
  | 'token'
  | 'register'
  | 'revoke'
  | 'introspect';

/** What {@link fakeOidcDocuments} makes the documents of. */
export interface FakeOidcSite {
  /** As it stands in `iss`. */
  readonly issuer: string;
  /** Where the endpoints are reached. */
  readonly origin: string;
  readonly path: string;
  readonly shape: VendorShape;
  readonly registration: boolean;
  readonly clientDocuments: boolean;
}

/** The places of a fake issuer and what its metadata says of them. */
export interface FakeOidcDocuments {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly jwksUri: string;
  readonly metadataUrl: string;
  readonly introspectionEndpoint: string;
  endpointOf(pathname: string): FakeEndpoint | undefined;
  areaOf(pathname: string): FakeArea;
}

/**
 * Puts the endpoints below the issuer, the keys where the vendor has them, the metadata where the
 * standards say.
 */
export function fakeOidcDocuments(site: FakeOidcSite): FakeOidcDocuments {
  const { issuer, origin, path, shape, registration, clientDocuments } = site;
  const keys = shape.keys(path);
  const appended = `${path}/.well-known/openid-configuration`;
  const inserted = [
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
  ];
  const places = shape.metadata === 'both' ? [...inserted, appended] : [appended];
  const endpoints = new Map<string, FakeEndpoint>([
    [`${path}/authorize`, 'authorize'],
    [`${path}/token`, 'token'],
    [`${path}/register`, 'register'],
    [`${path}/revoke`, 'revoke'],
    [`${path}/introspect`, 'introspect'],
    ...places.map((place) => [place, 'metadata'] as const),
    [keys, 'keys'],
  ]);
  const url = (pathname: string): string => `${origin}${pathname}`;

  return {
    jwksUri: url(keys),
    metadataUrl: url(appended),
    introspectionEndpoint: url(`${path}/introspect`),
    metadata: {
      issuer,
      jwks_uri: url(keys),
      authorization_endpoint: url(`${path}/authorize`),
      token_endpoint: url(`${path}/token`),
      ...(registration ? { registration_endpoint: url(`${path}/register`) } : {}),
      ...(clientDocuments ? { client_id_metadata_document_supported: true } : {}),
      revocation_endpoint: url(`${path}/revoke`),
      introspection_endpoint: url(`${path}/introspect`),
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [shape.algorithm],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    },
    endpointOf: (pathname) => endpoints.get(pathname),
    areaOf(pathname) {
      const endpoint = endpoints.get(pathname);
      const known = endpoint === 'keys' || endpoint === 'metadata' || endpoint === 'token';
      return known ? endpoint : 'other';
    },
  };
}
