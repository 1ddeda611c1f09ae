/** What keeps an answer to a browser from being framed, scripted, sniffed, cached or traced. Styles, pictures and forms of the same origin alone. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * The headers of every page: nobody frames, caches or traces it, and it can use no script, and no style, picture or form target of another
 * origin. With `form-action 'self'` an answer to a form must not redirect to another origin either.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  ...securityHeaders,
};
