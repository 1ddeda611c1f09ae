/** The most characters of a name that comes from outside. */
const MAX_NAME_LENGTH = 60;

/**
 * A name from outside as a page may show it: composed (NFC), on one line, without control, bidi, zero-width and unassigned characters,
 * without towers of accents, and cut at 60 characters with an ellipsis. Does NOT escape it.
 *
 * @param fallback - Shown when nothing visible is left.
 */
export function cleanName(name: string, fallback: string): string {
  // Ten times the limit is plenty to find 60 visible characters in, and bounds the work.
  const cleaned = cleanLine(name.slice(0, MAX_NAME_LENGTH * 10));
  const characters = [...cleaned];
  if (characters.length === 0) return fallback;
  if (characters.length <= MAX_NAME_LENGTH) return cleaned;
  return `${characters.slice(0, MAX_NAME_LENGTH).join('').trimEnd()}…`;
}

/** The same without the cut, for texts of ours and of the operator, and for what must be read whole. */
export function cleanLine(text: string): string {
  return (
    text
      .replace(/[\t\n\v\f\r\p{Z}\u2800\u3164\uFFA0\u115F\u1160]/gu, ' ')
      .replace(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
      // Only now: what was taken out may have kept a letter from its accent.
      .normalize('NFC')
      .replace(/(\p{M}{3})\p{M}+/gu, '$1')
      .replace(/ {2,}/g, ' ')
      .trim()
  );
}

/** A host as it may be shown: what is not plain ASCII in its punycode, so that no letter passes for another. */
export function plainHost(host: string): string {
  if (/^[\x21-\x7E]+$/.test(host)) return host;
  const url = URL.parse(`https://${host}`);
  // Unreadable as a host: every foreign character is shown as its number.
  return url?.host || host.replace(/[^\x21-\x7E]/gu, (character) => `{${codePoint(character)}}`);
}

/** An address as it may be shown, whatever is in it: ASCII as it is, everything else and control characters as their numbers. */
export function plainAddress(address: string): string {
  return address.replace(/[^\x20-\x7E]/gu, (character) => `{${codePoint(character)}}`);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
