import {
  ConfigurationError,
  createGate,
  type DownstreamRequest,
  defineScopes,
  InsufficientScopeError,
  type Principal,
} from '@portcullis/core';
import { expect, it } from 'vitest';
import { toolContext } from './tool-context.js';

const gate = createGate({
  resource: 'https://h.example/mcp',
  scopes: defineScopes({
    'mcp:tools:a': { description: 'A.' },
    'mcp:tools:b': { description: 'B.' },
    'mcp:tools:*': { description: 'All.' },
  }),
  provider: {
    specificationVersion: 'v1',
    id: 'none',
    authorizationServers: ['https://issuer.example.com'],
    verify: () => Promise.reject(new Error('never')),
  },
});
const principal: Principal = {
  ...{ kind: 'principal', actor: 'user', issuer: 'https://issuer.example.com', subject: 'user-1' },
  ...{ clientId: 'client-1', tokenId: 'token-1', scopes: ['mcp:tools:a'], expiresAt: 1000 },
  claims: {},
};

it('finds the caller where either SDK puts it', () => {
  const extra = { principal };
  expect(toolContext(gate, { authInfo: { extra } }).principal).toBe(principal);
  expect(toolContext(gate, { http: { authInfo: { extra } } }).principal).toBe(principal);
});

it('demands what only shows while a tool runs, and names what is missing', () => {
  const { demand } = toolContext(gate, { authInfo: { extra: { principal } } });
  expect(() => demand('mcp:tools:a')).not.toThrow();
  expect(() => demand('mcp:tools:a', 'mcp:tools:b')).toThrow(InsufficientScopeError);
  expect(() => demand('mcp:tools:a', 'mcp:tools:b')).toThrow(
    'This needs the scope mcp:tools:b, which the access token does not hold.',
  );
});

it('gets a token for another server where the provider offers one, and says so where not', async () => {
  const token = { value: 'other', scheme: 'Bearer', expiresAt: 1 } as const;
  const wishes: DownstreamRequest[] = [];
  const downstream = async (want: DownstreamRequest) => {
    wishes.push(want);
    return token;
  };
  const offered = toolContext(gate, { authInfo: { extra: { principal, downstream } } });
  expect(await offered.downstream('https://other.example', ['x'])).toBe(token);
  expect(wishes).toEqual([{ audience: 'https://other.example', scopes: ['x'] }]);
  const not = toolContext(gate, { authInfo: { extra: { principal } } });
  await expect(not.downstream('https://other.example', ['x'])).rejects.toThrow(ConfigurationError);
});

it('takes nothing else for a caller, nor for an exchange', async () => {
  for (const other of [undefined, null, 'ada', {}, { kind: 'rejection' }]) {
    const ctx = { authInfo: { extra: { principal: other } } };
    expect(() => toolContext(gate, ctx), String(other)).toThrow(ConfigurationError);
  }
  const odd = toolContext(gate, { authInfo: { extra: { principal, downstream: {} } } });
  await expect(odd.downstream('https://other.example', [])).rejects.toThrow(ConfigurationError);
});
