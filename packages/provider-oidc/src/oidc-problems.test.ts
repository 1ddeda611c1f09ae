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
      'clockTolerance',
      'timeoutMs',
      'retryAfter',
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
      'algorithms',
      'typ',
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

  it.each([
    ['a text where a list is due', { audience: 'mcp', authorizationServers: issuer }],
    ['a text where claims are due', { clientIdClaims: 'azp', scopeClaims: 'scp' }],
    ['a text that values would be looked for in', { claimValues: { token_use: 'access' } }],
    ['a text that clients would be looked for in', { audience: { claim: 'azp', oneOf: 'a,b' } }],
    ['a text for marks of people and machines', { userClaims: 'uid', machineClaims: 'gty' }],
    ['a text where required claims are due', { requiredClaims: 'sub', tenantClaim: 7 }],
    ['nothing, where something would be narrower', { audience: null, requiredClaims: null }],
    ['numbers in words', { clockTolerance: '5', timeoutMs: '5000', retryAfter: '5' }],
    ['a time in which nothing can happen', { timeoutMs: 0 }],
    ['more than a timer can count', { timeoutMs: 2 ** 31, retryAfter: Number.POSITIVE_INFINITY }],
    ['a wrong word', { keyId: 'Optional', algorithms: 'RS256' }],
    ['what cannot be called', { fetch: 'fetch', report: console }],
    ['places that are none', { jwksUri: 7, metadataUrl: null, id: 7 }],
    ['introspection that is none', { introspection: null }],
  ])('are refused from those who have no types: %s', (_, untyped) => {
    expect(named({ issuer, ...untyped }).sort()).toEqual(Object.keys(untyped).sort());
  });

  it('are refused where introspection would be remembered for ever, or never asked', () => {
    const introspection = { clientId: 'a', clientSecret: 'b', rememberSeconds: '5', always: 'yes' };
    expect(named({ issuer, introspection }).sort()).toEqual([
      'introspection.always',
      'introspection.rememberSeconds',
    ]);
  });

  it('are refused where there are none', () => {
    expect(sentences(undefined)).toEqual(['issuer is missing.']);
    expect(sentences(null)).toEqual(['issuer is missing.']);
  });

  it('are refused for a template whose tenants are one text', () => {
    expect(named({ issuer: `${issuer}/{tenantid}`, tenants: 'a' })).toEqual(['tenants']);
  });

  it('show no secret', () => {
    const secret = 'very-secret-word';
    const introspection = { clientId: '', clientSecret: secret };
    expect(JSON.stringify(problemsOf({ issuer: '', introspection }))).not.toContain(secret);
  });
});
