import { defineScopes } from '@portcullis/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { compilePolicy } from './compiled-policy.js';
import { needsByInput } from './scope-policy.js';
import { targetOf } from './targets.js';

const scopes = defineScopes({
  'mcp:prompts:brief': { description: 'Brief.' },
  'mcp:prompts:long': { description: 'Long.' },
});
const policy = compilePolicy(
  {
    prompts: {
      brief: needsByInput({
        input: z.object({ long: z.boolean() }),
        possible: ['mcp:prompts:brief', 'mcp:prompts:long'],
        of: ({ long }) => [long ? 'mcp:prompts:long' : 'mcp:prompts:brief'],
      }),
    },
    resources: { 'find://all{?q}': ['mcp:prompts:brief'], 'find://{a}': ['mcp:prompts:long'] },
  },
  scopes,
);
const needsOf = (method: string, params: Record<string, unknown>) => {
  const target = targetOf(policy, { id: 1, method, params });
  return target.kind === 'entries' ? target.entries.map(({ entry }) => entry.needs) : target.kind;
};

it('needs all that a prompt could come to while its arguments are still being written', () => {
  const ref = { type: 'ref/prompt', name: 'brief' };
  const argument = { name: 'long', value: 't' };
  expect(needsOf('completion/complete', { ref, argument })).toEqual([
    ['mcp:prompts:brief', 'mcp:prompts:long'],
  ]);
});

it('knows a template by its own text, as completion names it', () => {
  const uri = 'find://all{?q}';
  expect(needsOf('completion/complete', { ref: { type: 'ref/resource', uri } })).toEqual([
    ['mcp:prompts:brief'],
    ['mcp:prompts:long'],
  ]);
  expect(needsOf('resources/read', { uri: 'find://all?q=1' })).toEqual([
    ['mcp:prompts:brief'],
    ['mcp:prompts:long'],
  ]);
});

it('takes only what a client may send without an answer for a notification', () => {
  const kind = (operation: { id?: number; method: string }) =>
    targetOf(policy, { params: {}, ...operation }).kind;
  expect(kind({ method: 'notifications/initialized' })).toBe('entries');
  expect(kind({ id: 1, method: 'notifications/initialized' })).toBe('no_entry');
  expect(kind({ method: 'admin/drop' })).toBe('no_entry');
});
