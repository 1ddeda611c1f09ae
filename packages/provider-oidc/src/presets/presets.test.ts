import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import type { OidcProviderOptions } from '../oidc-options.js';
import { oidcProvider } from '../oidc-provider.js';
import { cognito, descope, entra, keycloak, okta, ory, stytch, workos } from './index.js';
import { api, configured, tenantId } from './presets.harness.js';

function problems(make: () => unknown): readonly ConfigurationProblem[] {
  try {
    make();
    return [];
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
}

const pool = { region: 'eu-central-1', userPoolId: 'eu-central-1_Example12', clientIds: ['a'] };

describe('the presets', () => {
  it('know where each vendor’s issuer, keys and metadata are', () => {
    const places = Object.entries(configured).map(([vendor, options]) => [
      vendor,
      options.issuer,
      options.jwksUri ?? options.metadataUrl ?? 'discovery',
    ]);
    expect(places).toEqual([
      ['keycloak', 'https://auth.example.com/realms/finance', 'discovery'],
      ['okta', 'https://example.okta.com/oauth2/ausfinance123', 'discovery'],
      [
        'entra',
        `https://login.microsoftonline.com/${tenantId}/v2.0`,
        `https://login.microsoftonline.com/${tenantId}/v2.0/.well-known/openid-configuration`,
      ],
      [
        'cognito',
        'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example12',
        'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example12/.well-known/openid-configuration',
      ],
      ['workos', 'https://example.authkit.app', 'discovery'],
      [
        'descope',
        'https://api.descope.com/v1/apps/P2aAAAAAAAAAAAAAAAAAAAAAAAAA',
        'https://api.descope.com/P2aAAAAAAAAAAAAAAAAAAAAAAAAA/.well-known/jwks.json',
      ],
      [
        'stytch',
        [
          'https://example.customers.stytch.dev',
          'stytch.com/project-test-11111111-1111-4111-8111-111111111111',
        ],
        'https://example.customers.stytch.dev/.well-known/jwks.json',
      ],
      ['logto', 'https://example.logto.app/oidc', 'discovery'],
      ['ory', 'https://example.projects.oryapis.com', 'discovery'],
    ]);
  });

  it('take a host with or without its scheme, and no final slash', () => {
    expect(workos({ domain: 'http://127.0.0.1:4000/' }).issuer).toBe('http://127.0.0.1:4000');
    expect(keycloak({ baseUrl: 'https://auth.example.com/auth/', realm: 'a b' }).issuer).toBe(
      'https://auth.example.com/auth/realms/a%20b',
    );
    expect(descope({ projectId: 'P2', baseUrl: 'api.euc1.descope.com' }).jwksUri).toBe(
      'https://api.euc1.descope.com/P2/.well-known/jwks.json',
    );
  });

  it('name every word that is missing, in the vendor’s own spelling', () => {
    const named = (make: () => unknown) => problems(make).map(({ option }) => option);
    expect(named(() => okta({} as never))).toEqual([
      'okta.domain',
      'okta.authorizationServer',
      'okta.audience',
    ]);
    expect(named(() => cognito({ region: 'x', userPoolId: 'x_1', clientIds: [] }))).toEqual([
      'cognito.clientIds',
    ]);
    expect(named(() => entra({ clientId: '' }))).toEqual(['entra.clientId', 'entra.tenantId']);
    expect(named(() => entra({ clientId: api, tenantId, tenants: [tenantId] }))).toEqual([
      'entra.tenants',
    ]);
    expect(named(() => stytch({ projectId: 'p' } as never))).toEqual(['stytch.domain']);
    expect(named(() => ory({ issuer: '' }))).toEqual(['ory.issuer']);
  });

  it.each<[string, string, () => unknown]>([
    [
      'one text where app clients are due',
      'cognito.clientIds is missing or no list.',
      () => cognito({ ...pool, clientIds: 'a,b' as never }),
    ],
    [
      'a pool of another region',
      'cognito.userPoolId is of another region than "region".',
      () => cognito({ ...pool, region: 'eu-west-1' }),
    ],
    [
      'the audience that all tokens of a realm have',
      'keycloak.audience lists "account", which is in the tokens of all clients of the realm.',
      () => keycloak({ baseUrl: 'auth.example.com', realm: 'a', audience: ['mcp', 'account'] }),
    ],
    [
      'everybody’s tenant',
      'entra.tenantId has what is no directory (tenant) id.',
      () => entra({ clientId: api, tenantId: 'organizations' }),
    ],
    [
      'a tenant by its domain',
      'entra.tenants has what is no directory (tenant) id.',
      () => entra({ clientId: api, tenants: [tenantId, 'contoso.onmicrosoft.com'] }),
    ],
    [
      'one text where tenants are due',
      'entra.tenants is missing or no list.',
      () => entra({ clientId: api, tenants: tenantId as never }),
    ],
    [
      'a version in words',
      'entra.version must be the number 1 or 2.',
      () => entra({ clientId: api, tenantId, version: '1' as never }),
    ],
  ])('refuse %s', (_, sentence, make) => {
    expect(problems(make).map(({ option, problem }) => `${option} ${problem}`)).toEqual([sentence]);
  });

  it('name the words that lead somewhere else', () => {
    const sneaky = okta({ domain: 'example.okta.com', authorizationServer: '../x', audience: 'a' });
    expect(() => oidcProvider(sneaky)).toThrow(ConfigurationError);
  });

  it('write Entra ID’s tenants out, for both versions of its tokens', () => {
    const tenants = [tenantId, 'bbbbcccc-1111-dddd-2222-eeee3333ffff'];
    expect(entra({ tenants, clientId: api, version: 1 })).toMatchObject({
      issuer: 'https://sts.windows.net/{tenantid}/',
      metadataUrl:
        'https://login.microsoftonline.com/organizations/.well-known/openid-configuration',
      audience: [`api://${api}`, api],
      authorizationServers: [
        `https://login.microsoftonline.com/${tenantId}/v2.0`,
        'https://login.microsoftonline.com/bbbbcccc-1111-dddd-2222-eeee3333ffff/v2.0',
      ],
    });
    const two = oidcProvider(entra({ tenants, clientId: api }));
    expect(two.authorizationServers).toEqual([
      `https://login.microsoftonline.com/${tenantId}/v2.0`,
      'https://login.microsoftonline.com/bbbbcccc-1111-dddd-2222-eeee3333ffff/v2.0',
    ]);
  });

  it('tell the gate which scopes a mapping can give', () => {
    const assigned = (options: OidcProviderOptions) => {
      const { assignedScopes, authorizationServers } = oidcProvider(options);
      return assignedScopes?.(authorizationServers[0] ?? '');
    };
    expect(assigned(configured.entra)).toEqual(['mcp:tools:analyze_sentiment']);
    expect(assigned(configured.okta)).toBeUndefined();
  });
});
