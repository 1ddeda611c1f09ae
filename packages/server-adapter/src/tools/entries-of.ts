import { ConfigurationError } from '@portcullis/core';
import type { Entry } from '../policy/scope-policy.js';

/**
 * The part of a policy that declared tools bring along.
 *
 * @throws {ConfigurationError} when two tools have the same name.
 * @example createMcpAuth({ …, policy: { tools: { ...entriesOf(tools), ping: [] } } })
 */
export function entriesOf<S extends string, Name extends string>(
  tools: readonly { readonly name: Name; readonly entry: Entry<S> }[],
): Readonly<Record<Name, Entry<S>>> {
  const entries = new Map<Name, Entry<S>>();
  for (const { name, entry } of tools) {
    if (entries.has(name)) {
      const problem = 'is declared by two tools.';
      throw new ConfigurationError([
        { option: `policy.tools["${name}"]`, problem, remedy: 'Rename one of the two.' },
      ]);
    }
    entries.set(name, entry);
  }
  return Object.fromEntries(entries) as Record<Name, Entry<S>>;
}
