import { describe, expect, it } from 'vitest';
import { testAccounts, vocabulary } from '../issuer.harness.js';
import type { LocalProviderOptions } from '../local-options.js';
import { toSettings } from '../settings.js';
import { upstreamAccounts } from '../upstream/upstream-accounts.js';
import { openidMetadata, serverMetadata } from './metadata.js';
import { createPages } from './pages.js';
import { routes } from './routes.js';

const secret = 'a-secret-of-more-than-22-characters';
const authentication = { method: 'client_secret_basic', secret } as const;
const resource = { resource: 'https://mcp.example/mcp', name: 'Test Server', scopes: vocabulary };
const second = { resource: 'https://second.example/mcp', name: 'Second', scopes: vocabulary };

/** Everything that can be off is. */
const off: LocalProviderOptions = {
  issuer: 'https://auth.example',
  resources: [resource],
  accounts: testAccounts,
  dynamicRegistration: false,
  clientDocuments: false,
};

const identityProviders = [{ issuer: 'https://idp.example', account: () => undefined }];
const workloadIssuers = [
  {
    issuer: 'https://cluster.example',
    workloads: [{ clientId: 'nightly', subject: 'job:nightly', scopes: ['mcp:tools:weather'] }],
  },
];
const accounts = upstreamAccounts({
  issuer: 'https://idp.example',
  clientId: 'portcullis',
  clientSecret: secret,
  name: 'Example',
});
const exchange = [{ audience: second.resource, scopes: ['mcp:tools:pay'] }];

/** Everything that can be on is, below a path. */
const on: LocalProviderOptions = {
  issuer: 'https://auth.example/as',
  resources: [{ ...resource, server: { clientId: 'server', authentication, exchange } }, second],
  accounts,
  identityProviders,
  workloadIssuers,
  dynamicRegistration: true,
  clientDocuments: { hosts: ['app.example'] },
  signingAlgorithm: 'EdDSA',
  dpop: 'nonce',
  pushedAuthorizationRequests: 'required',
};

const table = (options: LocalProviderOptions) =>
  routes(toSettings(options), createPages(toSettings(options)).files).map(
    ({ path, methods, open }) =>
      [
        ...Object.keys(methods),
        typeof path === 'string' ? path : path.source.replaceAll('\\/', '/'),
        ...(open ? ['for any origin'] : []),
      ].join(' '),
  );

const methods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const algorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];

const withEverythingOff = {
  issuer: 'https://auth.example',
  authorization_endpoint: 'https://auth.example/authorize',
  token_endpoint: 'https://auth.example/token',
  revocation_endpoint: 'https://auth.example/revoke',
  jwks_uri: 'https://auth.example/jwks',
  scopes_supported: [
    'mcp:tools:weather',
    'mcp:tools:pay',
    'mcp:resources:news:read',
    'mcp:resources:news:write',
  ],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  token_endpoint_auth_methods_supported: methods,
  token_endpoint_auth_signing_alg_values_supported: algorithms,
  revocation_endpoint_auth_methods_supported: methods,
  revocation_endpoint_auth_signing_alg_values_supported: algorithms,
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  client_id_metadata_document_supported: false,
  protected_resources: ['https://mcp.example/mcp'],
};

describe('an issuer with everything switched off', () => {
  it('says exactly this (AS-11)', () => {
    expect(serverMetadata(toSettings(off))).toEqual(withEverythingOff);
    expect(openidMetadata(toSettings(off))).toEqual({
      ...withEverythingOff,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
  });

  it('answers exactly these paths', () => {
    expect(table(off)).toEqual([
      'GET HEAD /.well-known/oauth-authorization-server for any origin',
      'GET HEAD /.well-known/openid-configuration for any origin',
      'GET HEAD /jwks for any origin',
      'GET /authorize',
      'GET POST ^/authorize/([A-Za-z0-9_-]{10,64})/interaction$',
      'POST ^/authorize/([A-Za-z0-9_-]{10,64})/interaction/switch-account$',
      'POST /token for any origin',
      'POST /revoke for any origin',
      'GET /connected-apps',
      'POST /connected-apps/sign-in',
      'POST /connected-apps/remove',
      'POST /connected-apps/sign-out',
      'GET HEAD /portcullis.css',
      'GET HEAD /portcullis.svg',
    ]);
  });
});

describe('an issuer with everything switched on', () => {
  it('says exactly this (AS-11, AS-126, EXT-30, EXT-40)', () => {
    expect(serverMetadata(toSettings(on))).toEqual({
      issuer: 'https://auth.example/as',
      authorization_endpoint: 'https://auth.example/as/authorize',
      token_endpoint: 'https://auth.example/as/token',
      registration_endpoint: 'https://auth.example/as/register',
      revocation_endpoint: 'https://auth.example/as/revoke',
      introspection_endpoint: 'https://auth.example/as/introspect',
      pushed_authorization_request_endpoint: 'https://auth.example/as/par',
      require_pushed_authorization_requests: true,
      jwks_uri: 'https://auth.example/as/jwks',
      scopes_supported: [
        'mcp:tools:weather',
        'mcp:tools:pay',
        'mcp:resources:news:read',
        'mcp:resources:news:write',
      ],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
      authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_endpoint_auth_methods_supported: methods.slice(1),
      introspection_endpoint_auth_signing_alg_values_supported: algorithms,
      dpop_signing_alg_values_supported: algorithms,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
      protected_resources: ['https://mcp.example/mcp', 'https://second.example/mcp'],
    });
    expect(openidMetadata(toSettings(on))).toEqual({
      ...serverMetadata(toSettings(on)),
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['EdDSA'],
    });
  });

  it('answers exactly these paths', () => {
    expect(table(on)).toEqual([
      'GET HEAD /.well-known/oauth-authorization-server/as for any origin',
      'GET HEAD /.well-known/openid-configuration/as for any origin',
      'GET HEAD /as/.well-known/openid-configuration for any origin',
      'GET HEAD /as/jwks for any origin',
      'GET /as/authorize',
      'GET POST ^/as/authorize/([A-Za-z0-9_-]{10,64})/interaction$',
      'POST ^/as/authorize/([A-Za-z0-9_-]{10,64})/interaction/switch-account$',
      'POST /as/token for any origin',
      'POST /as/revoke for any origin',
      'POST /as/par for any origin',
      'POST /as/introspect',
      'POST /as/register for any origin',
      'GET HEAD PUT DELETE ^/as/register/(dcr_[\\w-]{22})$ for any origin',
      'GET /as/upstream/callback',
      'POST /as/upstream/logout',
      'GET /as/connected-apps',
      'POST /as/connected-apps/sign-in',
      'POST /as/connected-apps/remove',
      'POST /as/connected-apps/sign-out',
      'GET HEAD /as/portcullis.css',
      'GET HEAD /as/portcullis.svg',
    ]);
  });
});

describe('one switch', () => {
  const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const grants = (...more: readonly string[]) => ({
    grant_types_supported: [...withEverythingOff.grant_types_supported, ...more],
  });
  const introspection = {
    introspection_endpoint: 'https://auth.example/introspect',
    introspection_endpoint_auth_methods_supported: methods.slice(1),
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
  };
  const server = { clientId: 'server', authentication };
  const registration = {
    registration_endpoint: 'https://auth.example/register',
  };
  const registrationPaths = [
    'POST /register for any origin',
    'GET HEAD PUT DELETE ^/register/(dcr_[\\w-]{22})$ for any origin',
  ];
  const pushed = {
    pushed_authorization_request_endpoint: 'https://auth.example/par',
    require_pushed_authorization_requests: false,
  };
  const both = { protected_resources: [resource.resource, second.resource] };
  type Row = readonly [string, Partial<LocalProviderOptions>, object, readonly string[]];
  const rows: readonly Row[] = [
    ['registration', { dynamicRegistration: true }, registration, registrationPaths],
    // Clients would try it without the token that they do not have.
    [
      'guarded registration',
      { dynamicRegistration: 'initial_access_token' },
      {},
      registrationPaths,
    ],
    ['documents', { clientDocuments: true }, { client_id_metadata_document_supported: true }, []],
    ['DPoP', { dpop: true }, { dpop_signing_alg_values_supported: algorithms }, []],
    ['PAR', { pushedAuthorizationRequests: true }, pushed, ['POST /par for any origin']],
    [
      'ID-JAG',
      { identityProviders },
      {
        ...grants(jwtBearer),
        authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
      },
      [],
    ],
    ['workloads', { workloadIssuers }, grants(jwtBearer), []],
    [
      'introspection',
      { resources: [{ ...resource, server }] },
      introspection,
      ['POST /introspect'],
    ],
    [
      'token exchange',
      { resources: [{ ...resource, server: { ...server, exchange } }, second] },
      {
        ...both,
        ...introspection,
        ...grants('urn:ietf:params:oauth:grant-type:token-exchange'),
      },
      ['POST /introspect'],
    ],
    [
      'token exchange in this process only',
      {
        resources: [{ ...resource, server: { clientId: 'server', exchange } }, second],
      },
      both,
      [],
    ],
    ['an upstream provider', { accounts }, {}, ['GET /upstream/callback', 'POST /upstream/logout']],
  ];

  it.each(rows)(
    'for %s adds these members and paths, and no other (AS-11)',
    (_, change, members, paths) => {
      expect(serverMetadata(toSettings({ ...off, ...change }))).toEqual({
        ...withEverythingOff,
        ...members,
      });
      const before = new Set(table(off));
      expect(table({ ...off, ...change }).filter((path) => !before.has(path))).toEqual(paths);
    },
  );
});
