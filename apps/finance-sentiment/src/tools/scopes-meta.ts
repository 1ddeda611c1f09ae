import { policy } from '../policy.js';

/** Every scope that a tool may ask for, whatever its arguments. */
export function scopesOf(tool: keyof typeof policy.tools): readonly string[] {
  const entry = policy.tools[tool];
  return 'possible' in entry ? entry.possible : entry;
}

/** Says in a tool's `_meta` what it needs, so that a host can tell a person before the call. */
export function scopesMeta(tool: keyof typeof policy.tools): Record<string, unknown> {
  return { 'portcullis/requiredScopes': scopesOf(tool) };
}
