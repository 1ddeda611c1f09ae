import { toolPolicy } from '../policy.js';

/** Every scope that a tool may ask for, whatever its arguments. */
export function scopesOf(tool: keyof typeof toolPolicy): readonly string[] {
  const entry = toolPolicy[tool];
  return 'possible' in entry ? entry.possible : entry;
}

/** Says in a tool's `_meta` what it needs, so that a host can tell a person before the call. */
export function scopesMeta(tool: keyof typeof toolPolicy): Record<string, unknown> {
  return { 'portcullis/requiredScopes': scopesOf(tool) };
}
