import { parseScope } from '@portcullis/core';
import type { ScopeGroup } from './views.js';

/** The groups in the order of the pages: what can do most comes last. */
export const groupOrder: readonly ScopeGroup[] = [
  'tools',
  'read',
  'change',
  'run',
  'broad',
  'other',
];

/**
 * The group of the consent page that a scope belongs to with all that comes with it: broad as soon as one of these is, and where its
 * own spelling says nothing, as a bundle's, that of the one that can do most.
 */
export function bundleGroup(scope: string, included: readonly string[]): ScopeGroup {
  const own = scopeGroup(scope);
  const groups: readonly ScopeGroup[] = included
    .map(scopeGroup)
    .filter((group) => group !== 'other');
  if (own !== 'other') return groups.includes('broad') ? 'broad' : own;
  return groupOrder.findLast((group) => groups.includes(group)) ?? 'other';
}

/**
 * The group of the consent page that a scope belongs to, read off its spelling. What is no scope of our grammar, and what
 * has no group of its own, is `other`.
 */
export function scopeGroup(scope: string): ScopeGroup {
  const parsed = parseScope(scope);
  if (parsed.kind === 'scope_syntax_error') return 'other';
  if (parsed.wildcard) return 'broad';
  if (parsed.namespace !== 'mcp') return 'other';
  const [kind] = parsed.segments;
  if (kind === 'tools') return 'tools';
  if (kind === 'exec') return 'run';
  if (kind !== 'resources') return 'other';
  const action = parsed.segments.length > 2 ? parsed.segments.at(-1) : undefined;
  if (action === 'read') return 'read';
  return action === 'write' ? 'change' : 'other';
}
