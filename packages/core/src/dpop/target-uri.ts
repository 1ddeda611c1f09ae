/** RFC 3986 §2.3: means the same with and without its percent-encoding. */
const unreserved = /^[A-Za-z0-9\-._~]$/;
/** What a URI may hold at all (RFC 3986 §2): the URL parser would drop tabs, and read a backslash as a slash. */
const uri = /^https?:\/\/(?!\/)[!#-;=?-Z[\]_a-z~%]+$/i;

/**
 * The one spelling of an `http:` or `https:` URI, without query and fragment: scheme, host, port, dot segments and an empty path by the
 * URL parser, percent-encoding here.
 *
 * @returns `undefined` for what is no such URI, or holds a user name or a password.
 * @see RFC 9449 §4.3, RFC 3986 §6.2.2, §6.2.3
 */
export function normalisedTarget(value: string): string | undefined {
  if (!uri.test(value) || !URL.canParse(value)) return undefined;
  const { origin, pathname, username, password } = new URL(value);
  if (username !== '' || password !== '') return undefined;
  const path = pathname.replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return unreserved.test(character) ? character : triplet.toUpperCase();
  });
  return origin + path;
}
