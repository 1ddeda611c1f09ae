import { describe, expect, it } from 'vitest';
import type { Wish } from '../vendor.js';
import { planScalekit } from './plan-scalekit.js';
import type { ScalekitState } from './scalekit-state.js';

const resource = 'https://finance.example.com/mcp';
const description = 'Look up the weather for a place you name.';
const wish: Wish = {
  resource,
  scopes: [{ name: 'mcp:tools:weather', description }],
  wildcards: ['mcp:exec:*'],
  arguments: {
    ...{ vendor: 'scalekit', mode: 'plan', resource, scopes: './scopes.js', export: 'scopes' },
    ...{ name: 'Finance', tokenLifetime: 600 },
    registration: { dynamic: true, documents: true },
  },
};
const server = {
  ...{ id: 'res_1', url: resource, scopes: ['mcp:tools:weather'], accessTokenExpiry: 3600 },
  ...{ dynamicRegistration: true, clientDocuments: true },
};
const scope = { id: 'scp_1', name: 'mcp:tools:weather', description, enabled: true };
const calls = (state: ScalekitState) => planScalekit(wish, state).flatMap(({ call }) => call ?? []);
const lines = (state: ScalekitState) =>
  planScalekit(wish, state)
    .flatMap(({ changes }) => changes)
    .filter(({ kind }) => kind !== 'keep')
    .map(({ kind, what }) => `${kind} ${what}`);

describe('the plan for Scalekit', () => {
  it('is empty for an environment that is as wished; a lifetime within the hour will do', () => {
    expect(calls({ server, scopes: [scope] })).toEqual([]);
    expect(lines({ server, scopes: [scope] })).toEqual(['note scope mcp:exec:* is not registered']);
  });

  it('creates the scopes first, then the MCP server', () => {
    expect(calls({ scopes: [] })).toEqual([
      {
        ...{ to: 'create the scope mcp:tools:weather', method: 'POST', path: '/scopes' },
        body: { name: 'mcp:tools:weather', description },
      },
      {
        ...{ to: 'create the MCP server', method: 'POST', path: '/resources' },
        body: {
          ...{ resource_type: 'MCP_SERVER', name: 'Finance', description: '' },
          ...{ resource_uri: resource, resource_id: resource, scopes: ['mcp:tools:weather'] },
          ...{ access_token_expiry: 600, disable_dynamic_client_registration: false },
          enable_cimd: true,
        },
      },
    ]);
  });

  it('changes only what differs, and keeps scopes that the vocabulary does not have', () => {
    const other = { ...server, scopes: ['news:read'], accessTokenExpiry: 86_400 };
    const state = {
      server: { ...other, dynamicRegistration: false, clientDocuments: false },
      twin: `${resource}/`,
      scopes: [{ ...scope, enabled: false, description: 'Weather.' }],
    };
    expect(calls(state)).toEqual([
      {
        ...{ to: 'change the scope mcp:tools:weather', method: 'PATCH', path: '/scopes/scp_1' },
        body: { description, enabled: true },
      },
      {
        ...{ to: 'change the MCP server', method: 'PATCH', path: '/resources/res_1' },
        body: {
          ...{ access_token_expiry: 600, disable_dynamic_client_registration: false },
          ...{ enable_cimd: true, scopes: ['news:read', 'mcp:tools:weather'] },
        },
      },
    ]);
    expect(lines(state)).toEqual([
      'update scope mcp:tools:weather',
      ...['update access_token_expiry', 'update dynamic registration'],
      ...['update client id documents', 'create offers mcp:tools:weather'],
      ...['note offers news:read', 'note scope mcp:exec:* is not registered'],
      'note MCP server https://finance.example.com/mcp/ is another one',
    ]);
  });

  it('corrects the Server URL of a server that was named by its id', () => {
    const state = { server: { ...server, url: `${resource}/` }, scopes: [scope] };
    expect(calls(state)[0]?.body).toEqual({ resource_uri: resource, resource_id: resource });
  });
});
