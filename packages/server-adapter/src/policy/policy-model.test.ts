import { createGate, defineScopes, type Principal } from '@portcullis/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compilePolicy } from './compiled-policy.js';
import { decide } from './decision.js';

const names = ['mcp:tools:a', 'mcp:tools:b', 'mcp:tools:ab', 'mcp:prompts:a', 'mcp:x:a:b'] as const;
const vocabulary = defineScopes(
  Object.fromEntries(
    [...names, 'mcp:tools:*', 'mcp:*:a'].map((name) => [name, { description: 'D.' }]),
  ),
);
const granted = fc.subarray([...names, 'mcp:tools:*', 'mcp:*:a', 'mcp:*', 'mcp:tools', '*', 'x:a']);

/** The policy's meaning, as slowly and plainly as it can be said. */
function covers(grant: string, need: string): boolean {
  if (grant === need) return true;
  if (!grant.startsWith('mcp:')) return false;
  const [wide, close] = [grant.split(':'), need.split(':')];
  return wide.every((segment, index) => {
    const last = index === wide.length - 1;
    if (segment === '*') return last ? close.length > index : close[index] !== undefined;
    return segment === close[index] && (!last || close.length === wide.length);
  });
}

const resource = 'https://mcp.example.com/mcp';
const gate = createGate({
  resource,
  scopes: vocabulary,
  provider: {
    specificationVersion: 'v1',
    id: 'none',
    authorizationServers: ['https://issuer.example.com'],
    verify: () => Promise.reject(new Error('Nobody is verified here.')),
  },
});

function principalWith(scopes: readonly string[], actor: Principal['actor']): Principal {
  return {
    ...{ kind: 'principal', actor, issuer: 'i', subject: 's', clientId: 'c', tokenId: 't' },
    ...{ scopes, expiresAt: 0, claims: {} },
  };
}

it('never allows without a covering grant, and never refuses with one (RS-57, RS-58, RS-78)', async () => {
  const needs = fc.subarray([...names]);
  const entries = fc.dictionary(fc.constantFrom('a', 'b', 'hidden', 'x'), needs, {
    noNullPrototype: true,
  });
  const operation = fc.constantFrom(
    { method: 'tools/call', params: { name: 'a' } },
    { method: 'tools/call', params: { name: 'b' } },
    { method: 'tools/call', params: { name: 'A' } },
    { method: 'tools/call', params: { name: 'toString' } },
    { method: 'tools/call', params: {} },
    { method: 'prompts/get', params: { name: 'a' } },
    { method: 'tools/list', params: {} },
    { method: 'admin/drop', params: {} },
  );
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(
      entries,
      entries,
      granted,
      operation,
      async (tools, methods, scopes, asked) => {
        const policy = compilePolicy(
          { tools, methods: 'a' in methods ? { 'tools/call': methods.a ?? [] } : {} },
          vocabulary,
        );
        const principal = principalWith(scopes, 'user');
        const [answer] = await decide(policy, gate, principal, [{ id: 1, ...asked }], 0);

        const isCall = asked.method === 'tools/call';
        const name = 'name' in asked.params ? asked.params.name : undefined;
        const own =
          isCall && name !== undefined && Object.hasOwn(tools, name) ? tools[name] : undefined;
        const extra = isCall && 'a' in methods ? (methods.a ?? []) : [];
        const known = asked.method === 'tools/list' || own !== undefined;
        const held = [...(own ?? []), ...extra].every((need) =>
          scopes.some((grant) => covers(grant, need)),
        );
        expect(answer?.decision.allowed).toBe(known && held);
        if (known && held) allowed += 1;
      },
    ),
    { numRuns: 2000 },
  );
  expect(allowed).toBeGreaterThan(100);
});

it('agrees with the same model for a machine, save that nothing is asked of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray([...names], { minLength: 1 }), granted, async (needs, scopes) => {
      const policy = compilePolicy({ tools: { a: needs } }, vocabulary);
      const operations = [{ id: 1, method: 'tools/call', params: { name: 'a' } }];
      const [answer] = await decide(policy, gate, principalWith(scopes, 'client'), operations, 0);
      const held = needs.every((need) => scopes.some((grant) => covers(grant, need)));
      expect(answer?.decision).toMatchObject(
        held ? { allowed: true } : { allowed: false, reason: 'unobtainable' },
      );
    }),
    { numRuns: 300 },
  );
});
