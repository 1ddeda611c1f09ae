import { describe, expect, it } from 'vitest';
import type { Wish } from '../vendor.js';
import type { Auth0State } from './auth0-state.js';
import { planAuth0 } from './plan-auth0.js';

const resource = 'https://finance.example.com/mcp';
const description = 'Look up the weather for a place you name.';
const wish: Wish = {
  resource,
  scopes: [{ name: 'mcp:tools:weather', description }],
  wildcards: [],
  arguments: {
    ...{ vendor: 'auth0', mode: 'plan', resource, scopes: './scopes.js', export: 'scopes' },
    ...{ name: 'Finance', tokenLifetime: 3600 },
    registration: { dynamic: true, documents: false },
  },
};
const apiAsWished: NonNullable<Auth0State['api']> = {
  ...{ id: 'api-1', scopes: [{ value: 'mcp:tools:weather', description }] },
  ...{ signing_alg: 'RS256', token_dialect: 'rfc9068_profile_authz', enforce_policies: true },
  allow_offline_access: true,
};
const asWished: Auth0State = {
  api: apiAsWished,
  settings: {
    resource_parameter_profile: 'compatibility',
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: false,
    enable_dynamic_client_registration: true,
  },
  connections: [{ id: 'con_1', name: 'users', is_domain_connection: true }],
  thirdPartyGrant: { id: 'cgr_1', scope: ['mcp:tools:weather'], allow_all_scopes: false },
  machines: [],
};
const calls = (state: Partial<Auth0State>, wished: Partial<Wish['arguments']> = {}) =>
  planAuth0({ ...wish, arguments: { ...wish.arguments, ...wished } }, { ...asWished, ...state })
    .map(({ call }) => call)
    .filter((call) => call !== undefined);
const lines = (state: Partial<Auth0State>, wished: Partial<Wish['arguments']> = {}) =>
  planAuth0({ ...wish, arguments: { ...wish.arguments, ...wished } }, { ...asWished, ...state })
    .flatMap(({ changes }) => changes)
    .filter(({ kind }) => kind !== 'keep')
    .map(({ kind, what }) => `${kind} ${what}`);
const { api: _, thirdPartyGrant: __, ...empty } = asWished;

describe('the plan for Auth0', () => {
  it('is empty for a tenant that is as wished', () => {
    expect(calls({})).toEqual([]);
    expect(lines({})).toEqual([]);
  });

  it('creates the API with everything, and the grant that third parties need', () => {
    const made = planAuth0(wish, empty).flatMap(({ call }) => (call ? [call] : []));
    expect(made).toEqual([
      {
        kind: 'create_api',
        body: {
          ...{ identifier: resource, name: 'Finance', signing_alg: 'RS256' },
          ...{ token_dialect: 'rfc9068_profile_authz', enforce_policies: true },
          allow_offline_access: true,
          scopes: [{ value: 'mcp:tools:weather', description }],
        },
      },
      { kind: 'create_default_grant', audience: resource, scope: ['mcp:tools:weather'] },
    ]);
  });

  it('changes only what differs, and keeps scopes that the vocabulary does not have', () => {
    const scopes = [
      { value: 'news:read', description: 'Old.' },
      { value: 'mcp:tools:weather', description: 'Weather.' },
    ];
    const api = { ...apiAsWished, scopes, signing_alg: 'PS256' };
    const state = { api: { ...api, token_dialect: 'access_token' } };
    expect(calls(state)).toEqual([
      {
        ...{ kind: 'update_api', id: 'api-1' },
        body: {
          token_dialect: 'rfc9068_profile_authz',
          scopes: [
            { value: 'news:read', description: 'Old.' },
            { value: 'mcp:tools:weather', description },
          ],
        },
      },
    ]);
    expect(lines(state)).toEqual([
      ...['update token_dialect', 'update scope mcp:tools:weather', 'note scope news:read'],
    ]);
  });

  it('replaces a shared secret as signing key', () => {
    const api = { ...apiAsWished, scopes: [], signing_alg: 'HS256' };
    expect(lines({ api })).toEqual([
      ...['update signing_alg', `create scope mcp:tools:weather "${description}"`],
    ]);
  });

  it('switches refresh tokens on for an API that was made without them', () => {
    const api = { ...apiAsWished, allow_offline_access: false };
    expect(lines({ api })).toEqual(['update allow_offline_access']);
    expect(calls({ api })).toEqual([
      { kind: 'update_api', id: 'api-1', body: { allow_offline_access: true } },
    ]);
  });

  it('names the API that differs by a slash, which nobody can rename', () => {
    expect(lines({ twin: `${resource}/` })).toEqual([
      'note API https://finance.example.com/mcp/ is another one',
    ]);
  });

  it('switches on what the tenant lacks in one call, and nothing off', () => {
    const settings = {
      ...{ resource_parameter_profile: 'audience' },
      ...{ authorization_response_iss_parameter_supported: false },
      ...{ client_id_metadata_document_supported: false },
      enable_dynamic_client_registration: false,
    };
    const registration = { dynamic: true, documents: true };
    expect(calls({ settings }, { registration })).toEqual([
      {
        kind: 'update_settings',
        body: {
          resource_parameter_profile: 'compatibility',
          authorization_response_iss_parameter_supported: true,
          client_id_metadata_document_supported: true,
          flags: { enable_dynamic_client_registration: true },
        },
      },
    ]);
    expect(calls({}, { registration: { dynamic: false, documents: false } })).toEqual([]);
  });

  it('makes the only connection one for the domain, and asks where there are several', () => {
    const users = { id: 'con_1', name: 'users', is_domain_connection: false };
    const staff = { id: 'con_2', name: 'staff', is_domain_connection: false };
    const one = { kind: 'update_connection', id: 'con_1' };
    expect(calls({ connections: [users] })).toEqual([one]);
    expect(calls({ connections: [users, staff] })).toEqual([]);
    expect(lines({ connections: [users, staff] })).toEqual(['blocked no domain connection']);
    expect(calls({ connections: [users, staff] }, { connection: 'users' })).toEqual([one]);
    expect(lines({ connections: [users] }, { connection: 'guests' })).toEqual([
      'blocked no connection is called guests',
    ]);
    expect(lines({ connections: [] })).toEqual(['blocked no domain connection']);
  });

  it('widens a grant, and never narrows it', () => {
    const thirdPartyGrant = { id: 'cgr_1', scope: ['news:read'], allow_all_scopes: false };
    expect(calls({ thirdPartyGrant })).toEqual([
      { kind: 'update_grant', id: 'cgr_1', scope: ['news:read', 'mcp:tools:weather'] },
    ]);
    expect(calls({ thirdPartyGrant: { ...thirdPartyGrant, allow_all_scopes: true } })).toEqual([]);
  });

  it('makes a machine client with a grant of its own, and takes no application of another kind', () => {
    const machine = { name: 'Robot', scopes: ['mcp:tools:weather'] };
    const grant = {
      ...{ kind: 'create_machine_grant', audience: resource, scope: ['mcp:tools:weather'] },
    };
    expect(calls({}, { machine })).toEqual([{ kind: 'create_machine', name: 'Robot' }, grant]);
    const known = { client_id: 'c1', isMachine: true };
    expect(calls({ machines: [known] }, { machine })).toEqual([{ ...grant, client_id: 'c1' }]);
    expect(lines({ machines: [{ ...known, isMachine: false }] }, { machine })).toEqual([
      'blocked Robot',
    ]);
    expect(lines({ machines: [known, known] }, { machine })).toEqual(['blocked Robot']);
  });
});
