import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { oidcProvider } from '../oidc-provider.js';
import { cognito, descope, entra, keycloak, okta, ory, stytch, workos } from './index.js';
import { api, configured, tenantId } from './presets.harness.js';

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
    const problems = (make: () => unknown) => {
      try {
        make();
        return [];
      } catch (error) {
        return (error as ConfigurationError).problems.map(({ option }) => option);
      }
    };
    expect(problems(() => okta({} as never))).toEqual([
      'okta.domain',
      'okta.authorizationServer',
      'okta.audience',
    ]);
    expect(problems(() => cognito({ region: 'x', userPoolId: 'y', clientIds: [] }))).toEqual([
      'cognito.clientIds',
    ]);
    expect(problems(() => entra({ clientId: '' }))).toEqual(['entra.clientId', 'entra.tenantId']);
    expect(problems(() => entra({ clientId: api, tenantId, tenants: [tenantId] }))).toEqual([
      'entra.tenants',
    ]);
    expect(problems(() => stytch({ projectId: 'p' } as never))).toEqual(['stytch.domain']);
    expect(problems(() => ory({ issuer: '' }))).toEqual(['ory.issuer']);
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
    expect(oidcProvider(configured.entra).assignedScopes).toEqual(['mcp:tools:analyze_sentiment']);
    expect(oidcProvider(configured.okta).assignedScopes).toBeUndefined();
  });
});
