import type { RedirectTarget } from '../pages/views.js';

/**
 * The private-use schemes of well-known MCP clients. A client that redirects elsewhere is refused at registration, with a message
 * that names the option.
 */
export const DEFAULT_PRIVATE_USE_SCHEMES: readonly string[] = [
  'cursor',
  'vscode',
  'vscode-insiders',
  'claude',
  'windsurf',
  'zed',
  'goose',
  'warp',
];

/** Compared in the raw text: URL parsers turn `127.1` and `0x7f000001` into 127.0.0.1, browsers may go elsewhere. */
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?(?=[/?]|$)/;

/** RFC 3986 characters. A backslash, a quote or a space is read differently by different parsers. */
const uriCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;

/** Whether a redirect goes to a program on this computer. */
export function isLoopbackRedirect(uri: string): boolean {
  return loopback.test(uri);
}

/** The scheme of a private-use redirect, or `undefined` for a web one. */
export function privateScheme(uri: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(uri)?.[1];
  return scheme === 'https' || scheme === 'http' ? undefined : scheme;
}

/**
 * Why a redirect URI cannot be registered, in words that follow "which", or `undefined` when it can.
 *
 * @param schemes - Private-use schemes that are allowed.
 * @see RFC 8252 §7, RFC 7591 §5
 */
export function redirectProblem(uri: unknown, schemes: ReadonlySet<string>): string | undefined {
  if (typeof uri !== 'string' || uri.length > 2048 || !uriCharacters.test(uri)) {
    return 'is not a URI of at most 2048 characters';
  }
  if (uri.includes('#')) return 'has a fragment';
  if (!URL.canParse(uri)) return 'is not an absolute URI';
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '' || /^[a-z][a-z0-9+.-]*:\/\/[^/?]*@/i.test(uri)) {
    return 'holds a user name or a password';
  }
  if (/(^|\/)(\.|%2e){1,2}(?=[/?]|$)/i.test(uri.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, ''))) {
    return 'has a dot segment in its path';
  }
  if (uri.startsWith('https://')) return undefined;
  if (isLoopbackRedirect(uri)) return undefined;
  if (/^https?:/i.test(uri))
    return 'uses neither https: nor http: on 127.0.0.1, [::1] or localhost';
  const scheme = privateScheme(uri);
  if (scheme !== undefined && schemes.has(scheme)) return undefined;
  return `uses the scheme "${url.protocol.slice(0, -1)}", which this server does not redirect to (option privateUseSchemes)`;
}

/** Where a redirect leads, for the consent page. */
export function redirectTarget(uri: string): RedirectTarget {
  const scheme = privateScheme(uri);
  if (scheme !== undefined) return { kind: 'scheme', scheme };
  const { host } = new URL(uri);
  return { kind: isLoopbackRedirect(uri) ? 'loopback' : 'https', host };
}
