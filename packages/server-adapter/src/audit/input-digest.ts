/** The size and hash of arguments, so that an event can name them without holding them; `undefined` where there are none. */
export async function inputDigest(
  input: unknown,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  if (input === undefined) return undefined;
  const bytes = new TextEncoder().encode(JSON.stringify(input));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { bytes: bytes.byteLength, sha256 };
}
