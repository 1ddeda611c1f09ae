/**
 * A text from outside on one line, without what nobody sees: control characters, turns of the writing direction, tags, halves of
 * characters. What joins letters stays. Does NOT bound it.
 */
export function wordsOfOthers(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .replace(/(?![\u200c\u200d])[\p{Cf}\p{Cs}]/gu, '')
    .trim();
}
