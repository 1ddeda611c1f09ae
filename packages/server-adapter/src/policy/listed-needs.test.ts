import { defineScopes } from '@portcullis/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createMcpAuth, needsByInput } from '../index.js';

it('lists every entry with all that it can ask, always in the same order', () => {
  const run = needsByInput({
    input: z.object({ name: z.enum(['daily', 'close']) }),
    possible: ['mcp:exec:daily', 'mcp:exec:close'],
    of: ({ name }) => [`mcp:exec:${name}`],
  });
  const auth = createMcpAuth({
    resource: 'https://mcp.example.com/mcp',
    provider: {
      specificationVersion: 'v1',
      id: 'none',
      authorizationServers: ['https://issuer.example.com'],
      verify: () => Promise.reject(new Error('Nobody is verified here.')),
    },
    scopes: defineScopes({
      'mcp:exec:daily': { description: 'Run the daily workflow.' },
      'mcp:exec:close': { description: 'Close the month.' },
      'mcp:tools:pay': { description: 'Pay a bill.' },
    }),
    policy: {
      methods: { 'tasks/get': [] },
      tools: {
        run,
        pay: {
          needs: ['mcp:tools:pay'],
          rule: () => true,
          ...{ maxAge: 300, acr: ['mfa'], perMinute: 10, enforce: 'report' },
        },
      },
      resources: { 'notes://{id}': [] },
    },
  });
  expect(auth.needs()).toEqual([
    {
      ...{ section: 'tools', name: 'pay', scopes: ['mcp:tools:pay'], byInput: false, rule: true },
      ...{ maxAge: 300, acr: ['mfa'], perMinute: 10, enforce: 'report' },
    },
    {
      ...{ section: 'tools', name: 'run', scopes: ['mcp:exec:daily', 'mcp:exec:close'] },
      ...{ byInput: true, rule: false },
    },
    { section: 'resources', name: 'notes://{id}', scopes: [], byInput: false, rule: false },
    { section: 'methods', name: 'tasks/get', scopes: [], byInput: false, rule: false },
  ]);
});
