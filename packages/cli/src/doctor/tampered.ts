/** Tokens that look much like a good one, and that nobody signed. */
export function tampered(token: string): readonly string[] {
  const [header, claims, signature, ...rest] = token.split('.');
  if (!header || !claims || !signature || rest.length > 0) return [changed(token)];
  return [
    [header, claims, changed(signature)].join('.'),
    [header, withLongerLife(claims), signature].join('.'),
  ];
}

/** Another letter in the middle: the last one of base64url may hold bits that nobody reads. */
function changed(text: string): string {
  const middle = text.length >> 1;
  const letter = text[middle] === 'A' ? 'B' : 'A';
  return `${text.slice(0, middle)}${letter}${text.slice(middle + 1)}`;
}

/** Claims that say something else. */
function withLongerLife(claims: string): string {
  try {
    const said: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const members = { ...(said as object), exp: 4_102_444_800 };
    const text = Buffer.from(JSON.stringify(members)).toString('base64url');
    return text === claims ? changed(claims) : text;
  } catch {
    return changed(claims);
  }
}
