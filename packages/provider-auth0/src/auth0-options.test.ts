import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { type Auth0ProviderOptions, issuersOf } from './auth0-options.js';
import { auth0Provider } from './auth0-provider.js';

function problemsOf(options: Auth0ProviderOptions): readonly string[] {
  try {
    auth0Provider(options);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ option, problem, remedy }) => `${option} ${problem} ${remedy}`);
  }
  return [];
}

const optionsNamed = (options: Auth0ProviderOptions): string[] =>
  problemsOf(options).map((problem) => problem.split(' ', 1)[0] ?? '');

const domain = 'tenant.eu.auth0.com';

describe('the options', () => {
  it('make the issuer of the domain, with its slash', () => {
    expect(issuersOf({ domain })).toEqual(['https://tenant.eu.auth0.com/']);
  });

  it('put custom domains first, since clients are sent to the first', () => {
    const issuer = ['https://login.example.com/', 'https://login.example.org/'];
    expect(issuersOf({ domain, issuer })).toEqual([...issuer, 'https://tenant.eu.auth0.com/']);
    expect(issuersOf({ issuer: 'https://login.example.com/' })).toEqual([
      'https://login.example.com/',
    ]);
  });

  it.each<[string, Auth0ProviderOptions, string]>([
    [
      'nothing',
      {},
      'domain is missing. Pass the domain of the tenant, such as "tenant.eu.auth0.com".',
    ],
    [
      'a domain with a scheme',
      { domain: 'https://tenant.eu.auth0.com/' },
      'domain must be a host name; got "https://tenant.eu.auth0.com/". Write it in lower case without scheme and slash: "tenant.eu.auth0.com".',
    ],
    [
      'an issuer without its slash',
      { issuer: 'https://login.example.com' },
      'issuer lacks the slash at the end; got "https://login.example.com". Write "https://login.example.com/".',
    ],
    [
      'an issuer with a path',
      { issuer: 'https://login.example.com/tenant/' },
      'issuer must have no path; got "https://login.example.com/tenant/". Write it as it stands in "iss": "https://login.example.com/".',
    ],
    [
      'an issuer without TLS',
      { issuer: 'http://login.example.com/' },
      'issuer must use HTTPS unless it is on loopback; got "http:". Write it as it stands in "iss": "https://login.example.com/".',
    ],
    [
      'an empty audience',
      { domain, audience: [''] },
      'audience must list identifiers of APIs. Leave it out for the resource alone.',
    ],
    [
      'an audience that tokens for every API of the tenant have',
      { domain, audience: ['mcp-api', 'https://tenant.eu.auth0.com/userinfo'] },
      'audience names the tenant itself, as tokens for other APIs do; got "https://tenant.eu.auth0.com/userinfo". List identifiers of this API alone.',
    ],
    [
      'the Management API',
      { issuer: 'https://login.example.com/', audience: ['https://login.example.com/api/v2/'] },
      'audience names the tenant itself, as tokens for other APIs do; got "https://login.example.com/api/v2/". List identifiers of this API alone.',
    ],
    [
      'the name of an organisation',
      { domain, organizations: ['acme'] },
      'organizations must list ids of organisations. Write ids such as "org_9ybsU1dN2dKfDkBi"; names can be given to another one.',
    ],
    [
      'no organisation at all',
      { domain, organizations: [] },
      'organizations must list ids of organisations. Write ids such as "org_9ybsU1dN2dKfDkBi"; names can be given to another one.',
    ],
    [
      'two places that say where scopes are',
      { domain, permissions: true, grants: { scopeClaims: ['scope'] } },
      'permissions contradicts "grants.scopeClaims". Leave it out, and list "permissions" there.',
    ],
    [
      'an exchange without a secret',
      { domain, exchange: { clientId: 'mcp', clientSecret: '' } },
      'exchange.clientSecret is missing. Pass that of the application of type resource_server linked to this API.',
    ],
    [
      'a tolerance of an hour',
      { domain, clockTolerance: 3600 },
      'clockTolerance must be a number from 0 to 300; got 3600. Leave it out for the default.',
    ],
    [
      'roles without the claim that holds them',
      { domain, grants: { roles: { admin: ['mcp:tools:pay'] } } },
      'grants.roleClaims is missing. Name the claims that hold the roles or groups.',
    ],
  ])('refuse %s', (_, options, problem) => {
    expect(problemsOf(options)).toEqual([problem]);
  });

  it.each([
    ['a text where a list is due', { audience: 'mcp', organizations: 'org_1' }],
    ['a variable that reads "false"', { permissions: 'false' }],
    ['nothing, where something would be narrower', { audience: null, organizations: null }],
    ['an empty text for the organisations', { organizations: '' }],
    ['an id of an organisation with a line break', { organizations: ['org_1\n'] }],
    ['a number in words', { timeoutMs: '5000' }],
    ['a time in which nothing can happen', { timeoutMs: 0 }],
    ['what cannot be called', { fetch: 'fetch', report: console }],
    ['a host name that URLs spell otherwise', { domain: '0x7f.0x1' }],
    ['mappings that are none', { grants: 'roles' }],
  ])('refuse what those write who have no types: %s', (_, untyped) => {
    const named = optionsNamed({ domain, ...untyped } as never);
    expect(named.sort()).toEqual(Object.keys(untyped).sort());
  });

  it('refuse an application for exchanges that is none', () => {
    expect(optionsNamed({ domain, exchange: null } as never)).toEqual([
      ...['exchange.clientId', 'exchange.clientSecret'],
    ]);
  });

  it('name every problem at once', () => {
    const wrong = { domain: 'a b', audience: [''], organizations: [], timeoutMs: 60_001 };
    expect(optionsNamed({ ...wrong, retryAfter: 3601 })).toEqual([
      ...['domain', 'audience', 'organizations', 'timeoutMs', 'retryAfter'],
    ]);
  });

  it('are not asked for anything at construction: no request is sent', () => {
    const fetch = () => Promise.reject(new Error('asked'));
    expect(auth0Provider({ domain, fetch }).status()).toEqual([
      { issuers: expect.any(Array), usable: true, keys: 0, ignored: [] },
    ]);
  });
});
