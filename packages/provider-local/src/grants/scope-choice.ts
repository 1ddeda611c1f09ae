import { parseScopeList, type ScopeVocabulary } from '@portcullis/core';
import type { LocalResource } from '../local-options.js';

/** How many scopes of one request are looked at: the page and the token must stay readable. */
const MOST_SCOPES = 100;

/** Whether a scope means anything here: declared, below a declared wildcard, or a wildcard over something declared. */
export function isKnown(vocabulary: ScopeVocabulary, scope: string): boolean {
  return vocabulary.names.some(
    (name) => vocabulary.covers(name, scope) || vocabulary.covers(scope, name),
  );
}

/** What a request without `scope` asks for (RFC 6749 §3.3). */
function defaultScopes({ scopes, baseline }: LocalResource): readonly string[] {
  return baseline ?? scopes.names.filter((name) => !isWildcard(name));
}

/** Whether a scope stands for many. */
export function isWildcard(scope: string): boolean {
  return scope.split(':').includes('*');
}

/**
 * What of a request can be granted at all. Unknown scopes are dropped and wider ones narrowed, since some clients ask for the whole
 * catalogue (RFC 6749 §3.3 lets us, and the token response names what was granted).
 *
 * @param requested - The `scope` parameter; none asks for the default.
 * @param ceiling - The most the client can have, where somebody set one.
 */
export function narrowScopes(
  resource: LocalResource,
  requested: string | undefined,
  ceiling: readonly string[] | undefined,
): readonly string[] {
  const { scopes: vocabulary } = resource;
  const tokens = requested ? parseScopeList(requested) : defaultScopes(resource);
  const known = (tokens ?? []).slice(0, MOST_SCOPES).filter((scope) => isKnown(vocabulary, scope));
  return ceiling === undefined ? known : vocabulary.intersect(known, ceiling);
}

/** The sentence for the person who is asked. One that is not declared word for word is told by what it lies below. */
export function scopeSentence(vocabulary: ScopeVocabulary, scope: string): string {
  const declared = vocabulary.describe(scope);
  if (declared !== undefined) return declared;
  const above = vocabulary.names.find((name) => vocabulary.covers(name, scope));
  const sentence = above === undefined ? undefined : vocabulary.describe(above);
  if (sentence !== undefined && !isWildcard(scope)) {
    return `One part of this: ${sentence}`;
  }
  const below = vocabulary.names.filter(
    (name) => !isWildcard(name) && vocabulary.covers(scope, name),
  );
  return `Everything of this kind, also what is added later. Today: ${below
    .map((name) => vocabulary.describe(name) ?? name)
    .join(' ')}`;
}

/** The declared scopes that come with a declared one: what it implies, and what its wildcard covers today. */
export function includedScopes(vocabulary: ScopeVocabulary, scope: string): readonly string[] {
  // The sentence of any other names them.
  if (vocabulary.describe(scope) === undefined) return [];
  return vocabulary.names.filter((name) => name !== scope && vocabulary.covers(scope, name));
}
