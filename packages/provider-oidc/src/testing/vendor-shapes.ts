import type { FakeAlgorithm } from '@portcullis/core/testing';

type Claims = Readonly<Record<string, unknown>>;

/** Whose tokens a fake mints: RFC 9068 to the letter, or what a vendor makes of it. */
export type FakeShape =
  | 'plain'
  | 'keycloak'
  | 'okta'
  | 'entra'
  | 'cognito'
  | 'workos'
  | 'descope'
  | 'stytch'
  | 'logto'
  | 'ory';

/**
 * How one vendor's issuer looks from outside. Values are made up; names, forms and places are the
 * vendor's.
 */
export interface VendorShape {
  /** Of the issuer, on its origin. */
  readonly path: string;
  readonly algorithm: FakeAlgorithm;
  /** Of an access token, beside `alg` and `kid`. */
  readonly header: Claims;
  /** Where the key set is, by the issuer's path. */
  keys(path: string): string;
  /** Whether there is a document by RFC 8414, or only one by OpenID Connect Discovery. */
  readonly metadata: 'both' | 'oidc';
  readonly registration: boolean;
  /** What stands in `aud`, by what was asked for. Default: that. */
  audience?(resource: string): string | readonly string[] | undefined;
  /**
   * Claims of RFC 9068 in the vendor's spelling. A claim that is not there stays away in every
   * spelling; others are kept.
   *
   * @param machine - The client got the token for itself.
   */
  claims(claims: Claims, machine: boolean): Claims;
}

const list = (scope: unknown): unknown =>
  typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : scope;

const plain: VendorShape = {
  path: '',
  algorithm: 'ES256',
  header: { typ: 'at+jwt' },
  keys: (path) => `${path}/jwks`,
  metadata: 'both',
  registration: true,
  claims: (claims) => claims,
};
const rsa = { ...plain, algorithm: 'RS256', header: { typ: 'JWT' } } as const;

/** The application of the Entra ID shape: the audience of its tokens. */
const ENTRA_API = '6e74172b-be56-4843-9ff4-e66a39bb12e3';
/** The project of the Descope and the Stytch shape. */
const DESCOPE_PROJECT = 'P2aAAAAAAAAAAAAAAAAAAAAAAAAA';
const STYTCH_PROJECT = 'project-test-11111111-1111-4111-8111-111111111111';

/** What every fake of {@link FakeShape} looks like. */
export const vendorShapes: Readonly<Record<FakeShape, VendorShape>> = {
  plain,
  keycloak: {
    ...rsa,
    path: '/realms/finance',
    keys: (path) => `${path}/protocol/openid-connect/certs`,
    claims({ client_id: clientId, ...claims }, machine) {
      const account = { clientHost: '127.0.0.1', clientAddress: '127.0.0.1', client_id: clientId };
      return {
        typ: 'Bearer',
        acr: '1',
        'allowed-origins': ['*'],
        ...(machine ? account : { sid: '5ab7ac23-2b11-4d51-a4d0-e5f1d1a1b3c4' }),
        preferred_username: machine ? `service-account-${clientId}` : 'ada',
        ...claims,
        // The subject of a service account is an account of its own.
        ...(machine && claims.sub === clientId ? { sub: `account-of-${clientId}` } : {}),
        azp: clientId,
      };
    },
  },
  okta: {
    ...rsa,
    path: '/oauth2/default',
    header: {},
    keys: (path) => `${path}/v1/keys`,
    registration: false,
    audience: () => 'api://default',
    claims: ({ client_id: cid, scope, ...claims }, machine) => ({
      ver: 1,
      ...(machine ? {} : { uid: '00u1abcd2EFGH3ijk4l5', auth_time: claims.iat }),
      ...claims,
      cid,
      scp: list(scope),
    }),
  },
  entra: {
    ...rsa,
    path: '/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0',
    keys: (path) => `${path.replace('/v2.0', '')}/discovery/v2.0/keys`,
    metadata: 'oidc',
    registration: false,
    audience: () => ENTRA_API,
    claims({ client_id: azp, scope, jti: uti, ...claims }, machine) {
      const [, tid] = URL.canParse(String(claims.iss))
        ? new URL(String(claims.iss)).pathname.split('/')
        : [];
      return {
        ...{ ver: '2.0', tid, azpacr: machine ? '1' : '0', uti, nbf: claims.iat },
        oid: '00000000-0000-0000-66f3-3332eca7ea81',
        ...(machine ? { idtyp: 'app', roles: list(scope) } : { name: 'Ada Lovelace' }),
        ...claims,
        azp,
        ...(machine ? {} : { scp: scope }),
      };
    },
  },
  cognito: {
    ...rsa,
    path: '/eu-central-1_Example12',
    header: {},
    keys: (path) => `${path}/.well-known/jwks.json`,
    metadata: 'oidc',
    registration: false,
    audience: () => undefined,
    claims: (claims, machine) => ({
      ...{ token_use: 'access', version: 2, auth_time: claims.iat },
      ...(machine ? {} : { username: 'ada', 'cognito:groups': ['analysts'] }),
      ...claims,
    }),
  },
  workos: {
    ...rsa,
    header: {},
    keys: (path) => `${path}/oauth2/jwks`,
    claims: (claims, machine) => ({
      org_id: 'org_01HRDMC6CM357W30QMHMQ96Q0S',
      ...(machine ? {} : { sid: 'app_consent_01JQ0E27WE4K1RCMH7Q094M1GJ' }),
      ...claims,
    }),
  },
  descope: {
    ...rsa,
    path: `/v1/apps/${DESCOPE_PROJECT}`,
    keys: () => `/${DESCOPE_PROJECT}/.well-known/jwks.json`,
    audience: (resource) => [resource, DESCOPE_PROJECT],
    claims: ({ client_id: azp, jti: _jti, ...claims }) => ({ drn: 'DS', ...claims, azp }),
  },
  stytch: {
    ...rsa,
    keys: (path) => `${path}/.well-known/jwks.json`,
    audience: () => [STYTCH_PROJECT],
    claims({ client_id: clientId, jti, ...claims }, machine) {
      // M2M clients are named by `sub` alone.
      return { nbf: claims.iat, ...claims, ...(machine ? {} : { client_id: clientId, jti }) };
    },
  },
  logto: {
    ...plain,
    path: '/oidc',
    algorithm: 'ES384',
    keys: (path) => `${path}/jwks`,
    registration: false,
  },
  ory: {
    ...rsa,
    keys: (path) => `${path}/.well-known/jwks.json`,
    audience: (resource) => [resource],
    claims: ({ scope, ...claims }) => ({
      ...{ ext: {}, nbf: claims.iat },
      ...claims,
      scp: list(scope),
    }),
  },
};
