import { isByInput, possibleScopes } from './compiled-policy.js';
import type { Entry, ScopePolicy } from './scope-policy.js';

/** What one entry of a policy asks, for documentation, metadata and consent. */
export interface ListedNeeds<S extends string = string> {
  readonly section: keyof ScopePolicy<S>;
  /** Of the tool or prompt, the URI template, or the method. */
  readonly name: string;
  /** All that it can need; with `byInput`, an input needs only some of them. */
  readonly scopes: readonly S[];
  readonly byInput: boolean;
  /** Whether a rule has its say after the scopes. */
  readonly rule: boolean;
  /** Seconds since sign-in. */
  readonly maxAge?: number;
  readonly acr?: readonly string[];
  readonly perMinute?: number;
  readonly enforce?: 'report';
}

const sections = ['tools', 'resources', 'prompts', 'methods'] as const;

/** Every entry of a policy: by section, and in each by name. The order depends on nothing else. */
export function listNeeds<S extends string>(policy: ScopePolicy<S>): readonly ListedNeeds<S>[] {
  return sections.flatMap((section) =>
    Object.entries(policy[section] ?? {})
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, entry]) => ({ section, name, ...askedBy(entry) })),
  );
}

function askedBy<S extends string>(entry: Entry<S>): Omit<ListedNeeds<S>, 'section' | 'name'> {
  const { needs, rule, ...details } = 'needs' in entry ? entry : { needs: entry, rule: undefined };
  const scopes = [...possibleScopes(needs)] as readonly S[];
  return { scopes, byInput: isByInput(needs), rule: rule !== undefined, ...details };
}
