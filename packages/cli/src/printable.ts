const MAX_LENGTH = 300;

/**
 * Text from outside, fit for one line of a terminal: control characters are shown as `\u001b`, and what is longer than
 * 300 characters is cut.
 */
export function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : String(JSON.stringify(value));
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
