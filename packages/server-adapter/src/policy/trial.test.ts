import { createGate, defineScopes, type Principal } from '@portcullis/core';
import { expect, it } from 'vitest';
import { compilePolicy } from './compiled-policy.js';
import { decide } from './decision.js';
import { readNeeds } from './needs.js';

const scopes = defineScopes({
  'mcp:tools:pay': { description: 'Pay.' },
  'mcp:tools:refund': { description: 'Refund.' },
  'mcp:admin:all': { description: 'Administer.' },
});
const ada: Principal = {
  ...{ kind: 'principal', actor: 'user', issuer: 'https://as.example', subject: 'ada' },
  ...{ clientId: 'client-1', tokenId: 'token-1', expiresAt: 2_000_000_000, claims: {} },
  scopes: ['mcp:tools:pay', 'mcp:admin:all'],
};
const gate = createGate({
  resource: 'https://mcp.example.com/mcp',
  scopes,
  provider: {
    specificationVersion: 'v1',
    id: 'test',
    authorizationServers: ['https://as.example'],
    // Nothing but a role gives it.
    assignedScopes: () => ['mcp:admin:all'],
    verify: async () => ada,
  },
});

async function decided(policy: Parameters<typeof compilePolicy<string>>[0], problem?: string) {
  const compiled = compilePolicy(policy, scopes as never);
  const params = { name: 'pay', arguments: {} };
  const operation = { method: 'tools/call', params, id: 1, ...(problem ? { problem } : {}) };
  const [one] = await decide(compiled, gate as never, ada, [operation], 1_800_000_000);
  return one;
}

it('names in a trial what the entries on trial ask, not what the others do', async () => {
  const one = await decided({
    tools: { pay: { needs: ['mcp:tools:refund'], enforce: 'report' } },
    methods: { 'tools/call': ['mcp:tools:pay'] },
  });
  expect(one).toMatchObject({
    decision: { allowed: true, required: ['mcp:tools:pay'] },
    reported: { allowed: false, required: ['mcp:tools:refund'], missing: ['mcp:tools:refund'] },
  });
});

it('asks no entry on trial about what another one refuses', async () => {
  let asked = 0;
  const rule = () => {
    asked += 1;
    return false;
  };
  const one = await decided({
    tools: { pay: { needs: [], rule, enforce: 'report' } },
    methods: { 'tools/call': ['mcp:tools:refund'] },
  });
  expect([one?.decision.allowed, asked]).toEqual([false, 0]);
  expect(one).not.toHaveProperty('reported');
});

it('sends somebody to consent for what is missing, whoever gave what they hold (RS-34)', async () => {
  const one = await decided({ tools: { pay: ['mcp:tools:refund', 'mcp:admin:all'] } });
  expect(one?.decision).toEqual({
    allowed: false,
    required: ['mcp:tools:refund', 'mcp:admin:all'],
    missing: ['mcp:tools:refund'],
  });
});

it('says what is wrong with a message to those alone who may send it (RS-77)', async () => {
  const problem = 'The state is not yours.';
  const may = await decided({ tools: { pay: ['mcp:tools:pay'] } }, problem);
  expect(may?.decision).toEqual({ allowed: false, reason: 'invalid_input', problem });
  const mayNot = await decided({ tools: { pay: ['mcp:tools:refund'] } }, problem);
  expect(mayNot?.decision).not.toHaveProperty('reason');
});

it('repeats no more of a schema’s complaints than fits a line (ATK-91)', async () => {
  const issues = Array.from({ length: 100 }, () => ({ message: 'x'.repeat(1000) }));
  const validate = () => ({ issues });
  const input = { '~standard': { version: 1, vendor: 'test', validate } } as const;
  const needs = { input, possible: [], of: () => [] };
  const read = await readNeeds({ needs }, {});
  expect('problem' in read && read.problem.length).toBe(519);
});
