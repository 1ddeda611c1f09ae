import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import type { OidcProviderOptions } from './oidc-options.js';
import { oidcProvider } from './oidc-provider.js';

function problemsOf(options: unknown): readonly ConfigurationProblem[] {
  try {
    oidcProvider(options as OidcProviderOptions);
    return [];
  } catch (error) {
    expect(ConfigurationError.isInstance(error)).toBe(true);
    return (error as ConfigurationError).problems;
  }
}
const issuer = 'https://login.example.com';
const named = (options: unknown) => problemsOf(options).map(({ option }) => option);
const sentences = (options: unknown) =>
  problemsOf(options).map(({ option, problem }) => `${option} ${problem}`);

describe('wrong options', () => {
  it('are none for an issuer alone, and nobody is asked', () => {
    expect(problemsOf({ issuer })).toEqual([]);
  });

  it('are all named at once, those of every part', () => {
    expect(
      named({
        id: 'My Provider',
        issuer: 'http://login.example.com',
        authorizationServers: [],
        jwksUri: 'ftp://login.example.com/keys',
        metadataUrl: 'http://login.example.com/metadata',
        audience: [''],
        algorithms: ['HS256'],
        typ: 'JWT',
        clockTolerance: 3600,
        clientIdClaims: [],
        userClaims: [''],
        scopeClaims: [[]],
        grants: { roles: { admin: ['mcp:tools:weather'] } },
        introspection: { clientId: '', authMethod: 'none', rememberSeconds: 60, endpoint: 'x' },
        timeoutMs: -1,
        retryAfter: Number.NaN,
      }),
    ).toEqual([
      'id',
      'issuer',
      'authorizationServers',
      'metadataUrl',
      'clientIdClaims',
      'userClaims',
      'scopeClaims',
      'grants.roleClaims',
      'introspection.clientId',
      'introspection.clientSecret',
      'introspection.endpoint',
      'introspection.authMethod',
      'introspection.rememberSeconds',
      'jwksUri',
      'retryAfter',
      'timeoutMs',
      'algorithms',
      'typ',
      'clockTolerance',
      'audience',
    ]);
  });

  it.each([
    [{}, 'issuer is missing.'],
    [{ issuer: [] }, 'issuer is missing.'],
    [{ issuer: [issuer, ''] }, 'issuer is missing.'],
    [
      { issuer: 'login.example.com' },
      'issuer is no URL, so nobody can find its keys or its metadata by it.',
    ],
    [{ issuer: `${issuer}/?x` }, 'issuer must have neither a query nor a fragment.'],
    [{ issuer: [`${issuer}/{tenantid}`] }, 'issuer lists a template.'],
    [{ issuer: `${issuer}/{tid}` }, 'issuer lists a template.'],
    [{ issuer: `${issuer}/{tenantid}` }, 'tenants is missing.'],
    [{ issuer: `${issuer}/{tenantid}`, tenants: [] }, 'tenants is missing.'],
    [{ issuer: `${issuer}/{tenantid}`, tenants: ['../x'] }, 'tenants names what is no tenant.'],
    [
      { issuer: `${issuer}/{tenantid}`, tenants: ['a', 'b'] },
      'metadataUrl is missing: several tenants have no one place for it.',
    ],
    [
      { issuer: `${issuer}/{tenantid}/{tenantid}`, tenants: ['a'] },
      'issuer holds "{tenantid}" more than once.',
    ],
    [
      { issuer: 'stytch.com/project-1', jwksUri: `${issuer}/keys` },
      'issuer is no URL, so nobody can find its keys or its metadata by it.',
    ],
    [{ issuer, tenants: ['a'] }, 'tenants is given for an issuer that is no template.'],
    [
      { issuer, typ: 'jwt', requiredClaims: [] },
      'requiredClaims leaves nothing that tells an access token from an ID token.',
    ],
    [
      {
        issuer: 'stytch.com/project-1',
        jwksUri: `${issuer}/keys`,
        authorizationServers: [issuer],
        introspection: { clientId: 'a', clientSecret: 'b' },
      },
      'introspection.endpoint is missing, and there is no metadata to find it in.',
    ],
    [{ issuer, audience: { claim: 'client_id', oneOf: [] } }, 'audience accepts no value.'],
  ])('%j', (options, sentence) => {
    expect(sentences(options)).toEqual([sentence]);
  });

  it('show no secret', () => {
    const secret = 'very-secret-word';
    const introspection = { clientId: '', clientSecret: secret };
    expect(JSON.stringify(problemsOf({ issuer: '', introspection }))).not.toContain(secret);
  });
});
