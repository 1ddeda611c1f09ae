import { ConfigurationError, defineScopes } from '@portcullis/core';
import { expect, it } from 'vitest';
import { compilePolicy } from './compiled-policy.js';
import type { ScopePolicy } from './scope-policy.js';

const scopes = defineScopes({ 'mcp:tools:pay': { description: 'Pay.' } });

/** What a program without types could pass. */
function problemsOf(policy: unknown): readonly string[] {
  try {
    compilePolicy(policy as ScopePolicy<'mcp:tools:pay'>, scopes);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ option, problem }) => `${option} ${problem}`);
  }
}

it.each([
  ['rules', () => false],
  ['maxage', 60],
  ['perminute', 1],
  ['ACR', ['mfa']],
  ['scopes', ['mcp:tools:pay']],
])('lets no misspelt "%s" pass for protection', (name, value) => {
  const entry = { needs: ['mcp:tools:pay'], [name]: value };
  for (const section of ['tools', 'prompts', 'methods', 'resources']) {
    expect(problemsOf({ [section]: { pay: entry } })).toEqual([
      `policy.${section}["pay"] has a "${name}", which nobody reads.`,
    ]);
  }
});

it.each([
  ['text', 'mcp:tools:pay'],
  ['nothing', null],
  ['undefined', undefined],
  ['a function', () => ['mcp:tools:pay']],
  ['a rule alone', { rule: () => true }],
  ['needs that are text', { needs: 'mcp:tools:pay' }],
  ['needs that are nothing', { needs: undefined }],
  ['a list of something else', [5]],
  ['a function without what is possible', { of: () => [] }],
  ['what is possible without a function', { of: [], possible: [], input: {} }],
])('takes %s for no entry', (_, entry) => {
  expect(problemsOf({ tools: { pay: entry, other: ['mcp:tools:pay'] } })).toEqual([
    'policy.tools["pay"] has no needs: neither a list of scopes nor what needsByInput makes.',
  ]);
});

it('names needs by input whose schema is missing', () => {
  const entry = { of: () => [], possible: [], input: undefined };
  expect(problemsOf({ tools: { pay: entry } })).toEqual([
    'policy.tools["pay"] has an "input" that cannot validate.',
  ]);
});

it('takes nothing for a policy but its four sections', () => {
  for (const policy of [undefined, null, 'deny', []]) {
    expect(problemsOf(policy)).toEqual(['policy is no policy.']);
  }
  expect(problemsOf({ tool: {}, tools: [], prompts: new Map(), resources: null })).toEqual([
    'policy.tool is no part of a policy.',
    'policy.tools is no object with an entry for each name.',
    'policy.prompts is no object with an entry for each name.',
    'policy.resources is no object with an entry for each name.',
  ]);
  expect(problemsOf({ tools: undefined, methods: { 'tasks/get': [] } })).toEqual([]);
});
