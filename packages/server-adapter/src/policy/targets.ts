import { isObject, type Operation } from '../message/json-rpc.js';
import type { AppliedEntry, CompiledPolicy } from './compiled-policy.js';

/** What an operation is about, and every entry that it has to satisfy. */
export type Target<S extends string> =
  | {
      readonly kind: 'entries';
      readonly name?: string;
      readonly entries: readonly AppliedEntry<S>[];
    }
  /** Nothing lets it pass: default deny. */
  | { readonly kind: 'no_entry'; readonly name?: string }
  /** The body does not say what it is about. */
  | { readonly kind: 'invalid'; readonly problem: string };

/** What any valid token may do: to begin, to end, to ask what there is. An entry in `methods` can ask for more. */
const open: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'logging/setLevel',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
]);

/**
 * Finds what an operation has to satisfy: the entries of the names in it and the entry of its method.
 *
 * Completion is judged like the prompt or resource that it completes, a subscription like reading.
 */
export function targetOf<S extends string>(
  policy: CompiledPolicy<S>,
  operation: Operation,
): Target<S> {
  const { method, params } = operation;
  const own = policy.methods.get(method);
  const always: readonly AppliedEntry<S>[] = own ? [{ entry: own, input: params }] : [];
  const byName = namesOf(operation);
  if (byName === undefined) {
    const passes = own !== undefined || open.has(method) || isNotification(operation);
    return passes ? { kind: 'entries', entries: always } : { kind: 'no_entry' };
  }
  if (byName === 'invalid') return { kind: 'invalid', problem: `Invalid ${method} request` };

  const { section, names } = byName;
  const name = names.join(' ');
  const entries: AppliedEntry<S>[] = [...always];
  for (const one of names) {
    const found = entriesFor(policy, section, one, params);
    if (found.length === 0) return { kind: 'no_entry', name };
    entries.push(...found);
  }
  return { kind: 'entries', name, entries };
}

function isNotification({ id, method }: Operation): boolean {
  return id === undefined && method.startsWith('notifications/');
}

type Section = 'tools' | 'prompts' | 'resources';
type Names = { readonly section: Section; readonly names: readonly string[] };

/** `undefined` for a method that is not about anything by name. */
function namesOf({ method, params }: Operation): Names | 'invalid' | undefined {
  switch (method) {
    case 'tools/call':
      return single('tools', params.name);
    case 'prompts/get':
      return single('prompts', params.name);
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return single('resources', params.uri);
    case 'completion/complete':
      return completed(params.ref);
    case 'subscriptions/listen':
      return subscribed(params.notifications);
    default:
      return undefined;
  }
}

function single(section: Section, name: unknown): Names | 'invalid' {
  return typeof name === 'string' ? { section, names: [name] } : 'invalid';
}

function completed(ref: unknown): Names | 'invalid' {
  if (!isObject(ref)) return 'invalid';
  if (ref.type === 'ref/prompt') return single('prompts', ref.name);
  return ref.type === 'ref/resource' ? single('resources', ref.uri) : 'invalid';
}

function subscribed(filter: unknown): Names | 'invalid' {
  if (!isObject(filter)) return 'invalid';
  const uris = filter.resourceSubscriptions ?? [];
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string')) return 'invalid';
  return { section: 'resources', names: uris };
}

function entriesFor<S extends string>(
  policy: CompiledPolicy<S>,
  section: Section,
  name: string,
  params: Operation['params'],
): readonly AppliedEntry<S>[] {
  if (section === 'resources') return policy.resources(name);
  const entry = policy[section].get(name);
  return entry ? [{ entry, input: params.arguments ?? {} }] : [];
}
