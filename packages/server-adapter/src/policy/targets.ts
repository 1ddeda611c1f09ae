import { isObject, type Operation } from '../message/json-rpc.js';
import { claimsRevision } from '../message/version-match.js';
import {
  type AppliedEntry,
  type CompiledPolicy,
  isByInput,
  possibleScopes,
} from './compiled-policy.js';

/** The parts of a policy that name things. */
type Section = 'tools' | 'prompts' | 'resources';

/** What an operation is about, as the client named it. */
export interface Subject {
  readonly section: Section;
  /** Several only for a subscription to several resources. */
  readonly names: readonly string[];
}

/** Every entry that an operation has to satisfy. */
export type Target<S extends string> =
  | {
      readonly kind: 'entries';
      readonly subject?: Subject;
      readonly entries: readonly AppliedEntry<S>[];
    }
  /** Nothing lets it pass: default deny. */
  | { readonly kind: 'no_entry'; readonly subject?: Subject }
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
  const entries: AppliedEntry<S>[] = own ? [{ entry: own, input: params }] : [];
  const subject = subjectOf(operation);
  if (subject === 'invalid') return { kind: 'invalid', problem: `Invalid ${method} request` };
  if (subject === undefined) {
    const passes = own !== undefined || open.has(method) || isNotification(operation);
    return passes ? { kind: 'entries', entries } : { kind: 'no_entry' };
  }
  for (const name of subject.names) {
    const found = entriesFor(policy, subject.section, name, operation);
    if (found.length === 0) {
      return { kind: 'no_entry', subject: { section: subject.section, names: [name] } };
    }
    entries.push(...found);
  }
  return { kind: 'entries', subject, entries };
}

function isNotification({ id, method }: Operation): boolean {
  return id === undefined && method.startsWith('notifications/');
}

/** `undefined` for a method that is not about anything by name. */
function subjectOf(operation: Operation): Subject | 'invalid' | undefined {
  const { method, params } = operation;
  switch (method) {
    case 'tools/call':
      return single('tools', params.name);
    case 'prompts/get':
      return single('prompts', params.name);
    case 'resources/read':
      return single('resources', params.uri);
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      // 2026-07-28 has no such methods, whatever they are about.
      return claimsRevision(operation) ? undefined : single('resources', params.uri);
    case 'completion/complete':
      return completed(params.ref);
    case 'subscriptions/listen':
      return subscribed(params.notifications);
    default:
      return undefined;
  }
}

function single(section: Section, name: unknown): Subject | 'invalid' {
  return typeof name === 'string' ? { section, names: [name] } : 'invalid';
}

function completed(ref: unknown): Subject | 'invalid' {
  if (!isObject(ref)) return 'invalid';
  if (ref.type === 'ref/prompt') return single('prompts', ref.name);
  return ref.type === 'ref/resource' ? single('resources', ref.uri) : 'invalid';
}

function subscribed(filter: unknown): Subject | 'invalid' {
  if (!isObject(filter)) return 'invalid';
  const { resourceSubscriptions: uris = [] } = filter;
  return isUris(uris) ? { section: 'resources', names: uris } : 'invalid';
}

/** How many resources a subscription may name: each is judged, and a rule may ask a database. */
const MAX_URIS = 1000;

/** Whether this can be the resources of a subscription. */
export function isUris(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_URIS) return false;
  return value.every((uri) => typeof uri === 'string');
}

function entriesFor<S extends string>(
  policy: CompiledPolicy<S>,
  section: Section,
  name: string,
  { method, params }: Operation,
): readonly AppliedEntry<S>[] {
  const entry = section === 'resources' ? undefined : policy[section].get(name);
  const named = entry ? [{ entry, name, input: params.arguments ?? {} }] : [];
  const found = section === 'resources' ? policy.resources(name) : named;
  if (method !== 'completion/complete') return found;
  // The arguments are still being written, so whatever they could come to need is needed already.
  return found.map((applied) => {
    const { needs, rule } = applied.entry;
    const possible = possibleScopes(needs);
    // A rule was promised validated input, so it is not asked about any other.
    const all = rule && isByInput(needs) ? { ...needs, of: () => possible } : possible;
    return { ...applied, entry: { ...applied.entry, needs: all } };
  });
}
