import { toolPolicy } from '../policy.js';

/** Every scope that a tool may ask for, whatever its arguments. */
export function scopesOf(tool: keyof typeof toolPolicy): readonly string[] {
  const entry = toolPolicy[tool];
  return 'possible' in entry ? entry.possible : entry;
}
