const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A member's name with its colon, another string, or the sign that opens or closes an object. */
const sign = /"(?:[^"\\]|\\.)*"([ \t\r\n]*:)?|[{}]/g;

/**
 * Whether an object holds a member twice, or one named `__proto__`, at any depth. Two parsers may take different
 * ones of two members, so what one checks another might not use.
 *
 * @param text - JSON that `JSON.parse` has accepted.
 */
function hasUnsafeMember(text: string): boolean {
  const open: Set<string>[] = [];
  for (const [found, colon] of text.matchAll(sign)) {
    if (found === '{') open.push(new Set());
    else if (found === '}') open.pop();
    else if (colon !== undefined) {
      const name: unknown = JSON.parse(found.slice(0, -colon.length));
      const names = open.at(-1);
      if (typeof name !== 'string' || name === '__proto__' || !names || names.has(name))
        return true;
      names.add(name);
    }
  }
  return false;
}

/**
 * Reads one JSON object, more strictly than `JSON.parse`: well-formed UTF-8, no member twice, none named `__proto__`.
 *
 * @returns `undefined` for anything else. Never throws.
 * @see RFC 7519 §4, RFC 7515 §4, RFC 8725 §2.4
 */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    // What comes back letter for letter has lost no member on the way; most issuers write JSON that does.
    const whole = JSON.stringify(value) === text && !text.includes('"__proto__"');
    return whole || !hasUnsafeMember(text)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

const alphabet = /^[A-Za-z0-9\-_]+$/;

/**
 * Whether a text is base64url in the one spelling that its bytes have: no padding, no spaces, unused bits zero.
 * With two spellings one token would be two.
 *
 * @see RFC 4648 §3.5
 */
export function isCanonicalBase64url(text: string): boolean {
  if (!alphabet.test(text)) return false;
  switch (text.length % 4) {
    case 1:
      return false;
    case 2:
      return /[AQgw]$/.test(text);
    case 3:
      return /[AEIMQUYcgkosw048]$/.test(text);
    default:
      return true;
  }
}
