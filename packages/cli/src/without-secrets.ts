/**
 * A refusal may repeat what was sent: each secret is replaced wherever it stands, before anybody
 * looks at the text.
 */
export const withoutSecrets = (text: string, secrets: readonly (string | undefined)[]): string =>
  secrets.reduce<string>(
    (left, secret) => (secret ? left.replaceAll(secret, '[secret]') : left),
    text,
  );

/** The token in the header `authorization` of a request, if it has one. */
export const tokenIn = (headers: RequestInit['headers']): string | undefined =>
  new Headers(headers).get('authorization')?.replace(/^Bearer +/i, '');
