/** Node's own hash where there is one: it is synchronous, and a request need not wait for a thread. */
const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto');

/** The size and hash of arguments, so that an event can name them without holding them; `undefined` where there are none. */
export async function inputDigest(
  input: unknown,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  if (input === undefined) return undefined;
  const bytes = new TextEncoder().encode(JSON.stringify(input));
  const sha256 = nodeCrypto ? nodeCrypto.hash('sha256', bytes, 'hex') : await webHash(bytes);
  return { bytes: bytes.byteLength, sha256 };
}

/** SHA-256 in hexadecimal, on any runtime. */
export async function webHash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
