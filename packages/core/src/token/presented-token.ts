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
  /** Sent twice, or not of the form `scheme token68`. */
  | { readonly kind: 'malformed' }
  /** Longer than any token that we would decode. */
  | { readonly kind: 'too_long' };

/** The longest access token that is looked at, in characters. Node's own header limit is 16 KiB for all headers. */
export const MAX_TOKEN_LENGTH = 12_288;

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * Reads the `Authorization` header and nothing else: a token in a query string or a form body is not one.
 * The scheme is matched without regard to case; one or more spaces may follow it.
 *
 * @see RFC 6750 §2.1, RFC 9449 §7.1, RFC 9110 §11.4
 */
export function readPresentedToken(headers: Headers): PresentedCredential {
  const header = headers.get('authorization');
  if (header === null || header.trim() === '') return { kind: 'none' };
  // Two header lines reach us joined by a comma, which neither token68 nor a scheme can hold.
  const ours = /(^|,)\s*(bearer|dpop)(?=[\s,]|$)/i.test(header);
  if (!ours) return { kind: 'none' };
  if (header.length > MAX_TOKEN_LENGTH + 16) return { kind: 'too_long' };
  const match = /^(bearer|dpop) +(\S+)$/i.exec(header.trim());
  const [, scheme = '', value = ''] = match ?? [];
  if (!token68.test(value)) return { kind: 'malformed' };
  return {
    kind: 'token',
    token: { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', value },
  };
}
