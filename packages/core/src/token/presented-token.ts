/** The credential. It stops at the gate: nothing after it holds it. */
export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly value: string;
}

/** What an `Authorization` header holds. */
export type PresentedCredential =
  | { readonly kind: 'token'; readonly token: PresentedToken }
  /** No header, or a scheme that is not ours: as if nothing had been sent. */
  | { readonly kind: 'none' }
  /** Sent twice, or not of the form `scheme token`. */
  | { readonly kind: 'malformed' }
  /** Longer than any token that we would decode. */
  | { readonly kind: 'too_long' };

/** The longest access token that is looked at, in characters. Node's own header limit is 16 KiB for all headers. */
export const MAX_TOKEN_LENGTH = 12_288;

/** Two header lines reach us joined by a comma, so ours may stand behind another scheme's. */
const anyOfOurs = /(^|,)\s*(bearer|dpop)(?=[\s,]|$)/i;

/**
 * Reads the `Authorization` header and nothing else: a token in a query string or a form body is not one.
 * The scheme is matched without regard to case; one or more spaces may follow it. Does NOT check that the token has only the
 * characters of token68: one that has others is unreadable, which is for the provider to say.
 *
 * @see RFC 6750 §2.1, RFC 9449 §7.1, RFC 9110 §11.4
 */
export function readPresentedToken(headers: Headers): PresentedCredential {
  const header = headers.get('authorization')?.trim();
  if (!header) return { kind: 'none' };
  const space = header.indexOf(' ');
  const scheme = (space < 0 ? header : header.slice(0, space)).toLowerCase();
  if (scheme !== 'bearer' && scheme !== 'dpop') {
    return anyOfOurs.test(header) ? { kind: 'malformed' } : { kind: 'none' };
  }
  const value = space < 0 ? '' : header.slice(space + 1).trimStart();
  if (value.length > MAX_TOKEN_LENGTH) return { kind: 'too_long' };
  if (value === '' || value.includes(' ') || value.includes(',') || value.includes('\t')) {
    return { kind: 'malformed' };
  }
  return {
    kind: 'token',
    token: { scheme: scheme === 'dpop' ? 'DPoP' : 'Bearer', value },
  };
}
