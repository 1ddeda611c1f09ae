/** The longest scope, in characters. */
export const MAX_SCOPE_LENGTH = 256;
/** The most segments after the namespace. */
export const MAX_SCOPE_SEGMENTS = 16;

/** A scope of our grammar: `namespace 1*( ":" segment )`. */
export interface ParsedScope {
  readonly kind: 'scope';
  readonly text: string;
  readonly namespace: string;
  /** What follows the namespace; a segment is a name or the wildcard `*`. */
  readonly segments: readonly string[];
  /** Whether any segment is `*`. Such a scope can be granted, never required. */
  readonly wildcard: boolean;
}

/** Why a text is not a scope of our grammar. */
export interface ScopeSyntaxError {
  readonly kind: 'scope_syntax_error';
  /** Zero-based index of the first character at fault; the length of the text where something is missing. */
  readonly position: number;
  /** A sentence that starts with what was found or what is missing. */
  readonly reason: string;
}

const nameCharacter = /[A-Za-z0-9\-_.]/;

const fault = (position: number, reason: string): ScopeSyntaxError => ({
  kind: 'scope_syntax_error',
  position,
  reason,
});

/** A character as a reader can recognise it in an error message, control characters escaped. */
const shown = (character: string): string => JSON.stringify(character);

/**
 * Reads one scope. Case-sensitive; nothing is trimmed, folded or decoded.
 *
 * @returns The scope, or where and why the text is not one. Never throws.
 * @see RFC 6749 §3.3 for the characters a scope token may have; ours are a subset.
 */
export function parseScope(text: string): ParsedScope | ScopeSyntaxError {
  if (text === '') return fault(0, 'The scope is empty.');
  if (text.length > MAX_SCOPE_LENGTH) {
    return fault(MAX_SCOPE_LENGTH, `The scope is longer than ${MAX_SCOPE_LENGTH} characters.`);
  }
  const parts = text.split(':');
  let position = 0;
  for (const [index, part] of parts.entries()) {
    if (index > MAX_SCOPE_SEGMENTS) {
      return fault(position, `The scope has more than ${MAX_SCOPE_SEGMENTS} segments.`);
    }
    if (part === '') {
      return fault(position, index === 0 ? 'The namespace is empty.' : 'A segment is empty.');
    }
    if (part !== '*' || index === 0) {
      for (const [offset, character] of [...part].entries()) {
        if (character === '*') {
          return fault(
            position + offset,
            index === 0
              ? 'The namespace cannot be a wildcard.'
              : 'A wildcard stands for whole segments only: "*" must be alone between colons.',
          );
        }
        if (!nameCharacter.test(character)) {
          return fault(
            position + offset,
            `${shown(character)} is not allowed; a name has letters, digits, "-", "_" and ".".`,
          );
        }
      }
    }
    position += part.length + 1;
  }
  const [namespace = '', ...segments] = parts;
  if (segments.length === 0) {
    return fault(text.length, 'A segment is missing: write namespace:segment.');
  }
  return { kind: 'scope', text, namespace, segments, wildcard: segments.includes('*') };
}

/** `scope-token` of RFC 6749 §3.3: what any scope, ours or foreign, must look like on the wire. */
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** Whether a text may stand in a `scope` parameter at all. Says nothing about our grammar. */
export function isScopeToken(text: string): boolean {
  return scopeToken.test(text);
}

/**
 * Splits a `scope` value at single spaces.
 *
 * @returns The scope tokens in order, without repetitions, or `undefined` when the value breaks the syntax
 *   (a tab, two spaces in a row, a space at an end, a quote, a backslash, a control or non-ASCII character).
 *   The empty string has no scopes.
 * @see RFC 6749 §3.3, RFC 8693 §4.2
 */
export function parseScopeList(value: string): readonly string[] | undefined {
  if (value === '') return [];
  const tokens = value.split(' ');
  return tokens.every(isScopeToken) ? [...new Set(tokens)] : undefined;
}
