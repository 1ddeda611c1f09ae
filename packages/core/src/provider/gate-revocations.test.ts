import { expect, it } from 'vitest';
import { createGate } from '../gate.js';
import { defineScopes } from '../scope/scope-vocabulary.js';
import type { Principal } from '../token/principal.js';
import type { AuthProvider, Revocation } from './auth-provider.js';

const ada: Principal = {
  kind: 'principal',
  actor: 'user',
  ...{ issuer: 'https://as.example', subject: 'ada', clientId: 'client-1', tokenId: 'token-1' },
  ...{ scopes: [], expiresAt: 2_000_000_000, claims: {} },
};
const revocation: Revocation = { kind: 'subject', subject: 'ada' };

it('tells of a revocation that comes while the token is being verified, not of an older one (RS-86)', async () => {
  const listeners = new Set<(revocation: Revocation) => void>();
  const revoke = () => {
    for (const listen of listeners) listen(revocation);
  };
  let meanwhile = () => {};
  const provider: AuthProvider = {
    specificationVersion: 'v1',
    id: 'telling',
    authorizationServers: ['https://as.example'],
    async verify() {
      meanwhile();
      return ada;
    },
    onRevocation(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
  const gate = createGate({
    resource: 'https://mcp.example.com/mcp',
    provider,
    scopes: defineScopes({ 'mcp:tools:pay': { description: 'Pay a bill.' } }),
  });
  const toldOf = async () => {
    const headers = { authorization: 'Bearer good' };
    const caller = await gate.authenticate(new Request(gate.resource, { headers }));
    let told = 0;
    if (caller.kind === 'caller') caller.onRevoked?.(() => (told += 1));
    return () => told;
  };
  revoke();
  const before = await toldOf();
  expect(before()).toBe(0);
  revoke();
  expect(before()).toBe(1);
  meanwhile = revoke;
  expect((await toldOf())()).toBe(1);
});
