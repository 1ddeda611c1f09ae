import type { Concrete } from '@portcullis/core';
import type { JsonObject } from '../message/json-rpc.js';
import {
  type CompiledEntry,
  type CompiledPolicy,
  isByInput,
  possibleScopes,
} from '../policy/compiled-policy.js';
import { readNeeds } from '../policy/needs.js';
import { type SignIn, signInOf } from '../policy/sign-in.js';

/** What it takes to use something that is listed. */
export interface ItemNeeds<S extends string> {
  /** Needed whatever is asked of it. */
  readonly required: readonly Concrete<S>[];
  /** Needs that depend on what is asked: for each of them, the sets of scopes of which one has to do. */
  readonly choices: readonly Choice<S>[];
  /** How recent and how strong a sign-in has to be. Absent where that does not matter. */
  readonly signIn?: SignIn;
}

type Choice<S extends string> = readonly (readonly Concrete<S>[])[];

/** The four lists: where their items are, what names an item, and the method that uses one. */
export const lists: ReadonlyMap<string, ListKind> = new Map<string, ListKind>([
  ['tools/list', { member: 'tools', name: 'name', use: 'tools/call' }],
  ['prompts/list', { member: 'prompts', name: 'name', use: 'prompts/get' }],
  ['resources/list', { member: 'resources', name: 'uri', use: 'resources/read' }],
  [
    'resources/templates/list',
    { member: 'resourceTemplates', name: 'uriTemplate', use: 'resources/read' },
  ],
]);

/** One of the four lists. */
export interface ListKind {
  readonly member: 'tools' | 'prompts' | 'resources' | 'resourceTemplates';
  readonly name: 'name' | 'uri' | 'uriTemplate';
  readonly use: 'tools/call' | 'prompts/get' | 'resources/read';
}

/**
 * Reads from the policy what a listed item needs. No rule is asked: it depends on what is done with the item.
 *
 * @returns `undefined` for an item that no entry lets anybody use.
 */
export async function itemNeeds<S extends string>(
  policy: CompiledPolicy<S>,
  { member, name, use }: ListKind,
  item: JsonObject,
): Promise<ItemNeeds<S> | undefined> {
  const text = item[name];
  if (typeof text !== 'string') return undefined;
  const own = await ownNeeds(policy, member, text);
  const method = policy.methods.get(use);
  return own && method ? both(own, needsOf([method])) : own;
}

async function ownNeeds<S extends string>(
  policy: CompiledPolicy<S>,
  member: ListKind['member'],
  text: string,
): Promise<ItemNeeds<S> | undefined> {
  switch (member) {
    case 'resources':
      return resourceNeeds(policy, text);
    case 'resourceTemplates':
      return templateNeeds(policy, text);
    default: {
      const entry = policy[member].get(text);
      return entry && needsOf([entry]);
    }
  }
}

/** A resource's URI is all that its needs can depend on, so they are known. */
async function resourceNeeds<S extends string>(
  policy: CompiledPolicy<S>,
  uri: string,
): Promise<ItemNeeds<S> | undefined> {
  const applied = policy.resources(uri);
  if (applied.length === 0) return undefined;
  const required = new Set<Concrete<S>>();
  const enforced = applied.filter(({ entry }) => !isReported(entry));
  for (const { entry, input } of enforced) {
    const read = await readNeeds(entry, input);
    if (!('scopes' in read)) return undefined;
    for (const scope of read.scopes) required.add(scope);
  }
  return { required: [...required], choices: [], ...signInAt(enforced) };
}

/**
 * What applies to all URIs of a template is required. Where nothing does, one of the entries that apply to some of its URIs has to
 * do: then there is something to read.
 */
export function templateNeeds<S extends string>(
  policy: CompiledPolicy<S>,
  template: string,
): ItemNeeds<S> | undefined {
  const { always, sometimes } = policy.templates(template);
  if (always.length > 0) return needsOf(always);
  return sometimes.length > 0 ? { required: [], choices: [sometimes.flatMap(waysOf)] } : undefined;
}

function needsOf<S extends string>(entries: readonly CompiledEntry<S>[]): ItemNeeds<S> {
  const required = new Set<Concrete<S>>();
  const choices: Choice<S>[] = [];
  const enforced = entries.filter((entry) => !isReported(entry));
  for (const entry of enforced) {
    if (isByInput(entry.needs)) choices.push(waysOf(entry));
    else for (const scope of entry.needs) required.add(scope);
  }
  return { required: [...required], choices, ...signInAt(enforced.map((entry) => ({ entry }))) };
}

function signInAt(entries: readonly { readonly entry: SignIn }[]): { readonly signIn?: SignIn } {
  const signIn = signInOf(entries);
  return signIn ? { signIn } : {};
}

/** What is only reported on stands in nobody's way. */
const isReported = <S extends string>({ enforce }: CompiledEntry<S>): boolean =>
  enforce === 'report';

/** The sets of scopes of which each lets this entry pass, at least for some input. */
function waysOf<S extends string>(entry: CompiledEntry<S>): Choice<S> {
  const { needs } = entry;
  if (isReported(entry)) return [[]];
  if (!isByInput(needs)) return [needs];
  // With nothing possible, no input needs anything.
  const possible = possibleScopes(needs);
  return possible.length === 0 ? [[]] : possible.map((scope) => [scope]);
}

function both<S extends string>(a: ItemNeeds<S>, b: ItemNeeds<S>): ItemNeeds<S> {
  return {
    required: [...new Set([...a.required, ...b.required])],
    choices: [...a.choices, ...b.choices],
    ...signInAt([{ entry: a.signIn ?? {} }, { entry: b.signIn ?? {} }]),
  };
}
