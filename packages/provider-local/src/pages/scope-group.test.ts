import { expect, it } from 'vitest';
import { bundleGroup, scopeGroup } from './scope-group.js';

it.each([
  ['mcp:tools:analyze_sentiment', 'tools'],
  ['mcp:tools:read', 'tools'],
  ['mcp:resources:news:read', 'read'],
  ['mcp:resources:a:b:read', 'read'],
  ['mcp:resources:watchlists:write', 'change'],
  ['mcp:resources:customer-data', 'other'],
  ['mcp:resources:read', 'other'],
  ['mcp:resources:news:delete', 'other'],
  ['mcp:exec:workflows:portfolio-report', 'run'],
  ['mcp:exec:workflows:*', 'broad'],
  ['mcp:resources:*:read', 'broad'],
  ['mcp:tools:*', 'broad'],
  ['mcp:prompts:daily-briefing', 'other'],
  ['acme:tools:x', 'other'],
  ['openid', 'other'],
  ['', 'other'],
  ['mcp:tools:pay*', 'other'],
] as const)('puts %s under %s', (scope, group) => {
  expect(scopeGroup(scope)).toBe(group);
});

it.each([
  ['mcp:operate', ['mcp:resources:news:read', 'mcp:exec:jobs:clean'], 'run'],
  ['mcp:operate', ['mcp:tools:weather', 'mcp:resources:news:write'], 'change'],
  ['mcp:operate', ['mcp:tools:weather', 'mcp:exec:*'], 'broad'],
  ['mcp:operate', [], 'other'],
  ['mcp:operate', ['news'], 'other'],
  ['mcp:resources:news:write', ['mcp:resources:news:read'], 'change'],
  ['mcp:tools:weather', ['mcp:tools:*'], 'broad'],
  ['mcp:exec:jobs:*', ['mcp:exec:jobs:clean'], 'broad'],
] as const)('puts the bundle %s with %j to %s', (scope, included, group) => {
  expect(bundleGroup(scope, included)).toBe(group);
});
