import { ConfigurationError } from '@portcullis/core';
import type { McpAuth } from '../mcp-auth.js';
import type { Entry } from '../policy/scope-policy.js';

/**
 * A tool is registered only where the policy has its own entry: whatever stands there instead would be asked in its place.
 *
 * @throws {ConfigurationError} when the policy has another entry under this name, or none.
 */
export function requireEntry<S extends string>(
  { policy: { tools = {} } }: Pick<McpAuth<S>, 'policy'>,
  { name, entry }: { readonly name: string; readonly entry: Entry<S> },
): void {
  if (tools[name] === entry) return;
  throw new ConfigurationError([
    {
      option: `policy.tools["${name}"]`,
      problem: 'is not what the tool of this name declares.',
      remedy: 'Put the tool into the list that entriesOf(…) gets.',
    },
  ]);
}
