import type { Principal } from '@portcullis/core';
import { expect, it } from 'vitest';
import { toAuthInfo } from './auth-info.js';

const principal: Principal = {
  ...{ kind: 'principal', actor: 'user', issuer: 'https://issuer.example.com', subject: 'user-1' },
  ...{ clientId: 'client-1', tokenId: 'token-1', scopes: ['mcp:tools:*'], expiresAt: 1000 },
  claims: {},
};

it('tells the SDK who calls, without the token (RS-65)', () => {
  const downstream = () => Promise.reject(new Error('never'));
  expect(toAuthInfo({ kind: 'caller', principal, downstream }, 'https://h.example/mcp')).toEqual({
    token: '',
    clientId: 'client-1',
    scopes: ['mcp:tools:*'],
    expiresAt: 1000,
    resource: new URL('https://h.example/mcp'),
    extra: { principal, downstream },
  });
});

it('gives the SDK scopes of its own, which it may change', () => {
  const info = toAuthInfo({ kind: 'caller', principal }, 'https://h.example/mcp');
  info.scopes.push('mcp:exec:*');
  expect(principal.scopes).toEqual(['mcp:tools:*']);
});
