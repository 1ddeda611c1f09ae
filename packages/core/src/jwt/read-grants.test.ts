import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors.js';
import { createGrantReader, type GrantMapping } from './read-grants.js';

const read = (mapping: GrantMapping, claims: Record<string, unknown>) =>
  createGrantReader(mapping, ['scope']).read(claims);

describe('createGrantReader', () => {
  it('reads the provider’s own claims where no others are named', () => {
    expect(read({}, { scope: 'openid mcp:tools:pay', scp: ['other'] })).toEqual({
      scopes: ['openid', 'mcp:tools:pay'],
      mapped: [],
    });
    expect(read({}, {})).toEqual({ scopes: [], mapped: [] });
  });

  it('reads every claim that is named, string or array, each scope once', () => {
    const mapping = { scopeClaims: ['scope', 'scp', ['authorization', 'scopes']] } as const;
    const claims = { scope: 'a b', scp: ['b', 'c'], authorization: { scopes: 'd' } };
    expect(read(mapping, claims)).toEqual({ scopes: ['a', 'b', 'c', 'd'], mapped: [] });
  });

  it('takes a prefix off, and says so; what has another one stays foreign', () => {
    const claims = { scope: 'finance/mcp:tools:pay other/mcp:tools:pay finance/ openid' };
    expect(createGrantReader({ scopePrefix: 'finance/' }, []).members).toEqual({
      scopePrefix: 'finance/',
    });
    expect(read({ scopePrefix: 'finance/' }, claims)).toEqual({
      scopes: ['mcp:tools:pay', 'other/mcp:tools:pay', 'finance/', 'openid'],
      mapped: [
        { by: 'prefix', claim: 'scope', value: 'finance/mcp:tools:pay', scopes: ['mcp:tools:pay'] },
      ],
    });
  });

  it('turns roles into the scopes that the operator wrote down, and no others', () => {
    const mapping: GrantMapping = {
      roleClaims: [['resource_access', 'finance.example', 'roles'], 'https://finance.example/role'],
      roles: { analyst: ['mcp:tools:pay', 'mcp:resources:*'], admin: ['mcp:tools:*'] },
    };
    const claims = {
      scope: 'openid',
      resource_access: { 'finance.example': { roles: ['analyst', 'visitor', 'constructor'] } },
      'https://finance.example/role': 'admin',
    };
    expect(read(mapping, claims)).toEqual({
      scopes: ['openid', 'mcp:tools:pay', 'mcp:resources:*', 'mcp:tools:*'],
      mapped: [
        {
          by: 'role',
          claim: 'resource_access.finance.example.roles',
          value: 'analyst',
          scopes: ['mcp:tools:pay', 'mcp:resources:*'],
        },
        {
          by: 'role',
          claim: 'https://finance.example/role',
          value: 'admin',
          scopes: ['mcp:tools:*'],
        },
      ],
    });
    const given = ['mcp:tools:pay', 'mcp:resources:*', 'mcp:tools:*'];
    const { members } = createGrantReader(mapping, []);
    expect(members).toEqual({ mappedScopes: given, assignedScopes: expect.any(Function) });
    expect(members.assignedScopes?.('https://as.example.com')).toEqual(given);
    expect(createGrantReader({ ...mapping, askable: true }, []).members).toEqual({
      mappedScopes: given,
    });
  });

  it('never takes a role’s name for a scope', () => {
    const mapping = { roleClaims: ['roles'], roles: { analyst: ['mcp:tools:pay'] } };
    expect(read(mapping, { roles: ['mcp:exec:workflows:*'] })).toEqual({ scopes: [], mapped: [] });
  });

  it.each([
    ['an array with null', { scope: ['a', null] }],
    ['an array with a list in it', { scope: ['a b'] }],
    ['two spaces', { scope: 'a  b' }],
    ['null', { scope: null }],
    ['a number', { scope: 7 }],
    ['an object', { scope: { a: true } }],
    ['roles that are no texts', { roles: ['a', 7] }],
    ['roles in an object', { roles: { analyst: true } }],
  ])('refuses %s rather than guess', (_, claims) => {
    const mapping = { roleClaims: ['roles'], roles: { analyst: ['mcp:tools:pay'] } };
    expect(read(mapping, claims)).toBeUndefined();
  });

  it('follows own members only', () => {
    const mapping = {
      scopeClaims: [['constructor', 'name'], 'toString'],
      roleClaims: ['__proto__'],
      roles: { toString: ['mcp:tools:pay'] },
    } as const;
    expect(read(mapping, {})).toEqual({ scopes: [], mapped: [] });
  });

  it('keeps nothing of the operator’s object, which may change', () => {
    const scopes = ['mcp:tools:pay'];
    const reader = createGrantReader({ roleClaims: ['roles'], roles: { analyst: scopes } }, []);
    scopes.push('mcp:tools:*');
    expect(reader.read({ roles: 'analyst' })?.scopes).toEqual(['mcp:tools:pay']);
  });

  it('names every member that is wrong', () => {
    const mapping: GrantMapping = {
      scopeClaims: [],
      scopePrefix: 'with space',
      roleClaims: [''],
      roles: { analyst: [], admin: ['two scopes'] },
      askable: 'false' as unknown as boolean,
    };
    expect(() => createGrantReader(mapping, [])).toThrow(
      new ConfigurationError([
        {
          option: 'grants.scopeClaims',
          problem: 'is empty.',
          remedy: 'Leave it out for the provider’s own claims.',
        },
        {
          option: 'grants.roleClaims',
          problem: 'has an empty name.',
          remedy: 'Write the claim, or the names that lead to it.',
        },
        {
          option: 'grants.scopePrefix',
          problem: 'is empty or holds what no scope may.',
          remedy: 'Write it as the issuer does.',
        },
        {
          option: 'grants.askable',
          problem: 'must be true or false.',
          remedy: 'Leave it out for false.',
        },
        {
          option: 'grants.roles["analyst"]',
          problem: 'is no list of scopes.',
          remedy: 'Write scopes of your vocabulary.',
        },
        {
          option: 'grants.roles["admin"]',
          problem: 'is no list of scopes.',
          remedy: 'Write scopes of your vocabulary.',
        },
      ]),
    );
  });

  it.each([
    [null, /"grants" is no object/],
    ['roles', /"grants" is no object/],
    [
      { roleClaims: 'roles', roles: { analyst: ['a'] } },
      /"grants.roleClaims" is no list of claims/,
    ],
    [{ scopeClaims: [5] }, /"grants.scopeClaims" is no list of claims/],
    [{ scopeClaims: [['a', 5]] }, /"grants.scopeClaims" is no list of claims/],
  ])('names what those write who have no types: %j', (untyped, problem) => {
    expect(() => createGrantReader(untyped as never, [])).toThrow(ConfigurationError);
    expect(() => createGrantReader(untyped as never, [])).toThrow(problem);
  });

  it('wants both halves of a table of roles', () => {
    expect(() => read({ roles: { analyst: ['a'] } }, {})).toThrow(/"grants.roleClaims" is missing/);
    expect(() => read({ roleClaims: ['roles'] }, {})).toThrow(/"grants.roles" is missing/);
  });
});
