import { sha256 } from '@portcullis/core';

/** The size and hash of arguments, so that an event can name them without holding them; `undefined` where there are none. */
export async function inputDigest(
  input: unknown,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  if (input === undefined) return undefined;
  const text = JSON.stringify(input);
  return { bytes: new TextEncoder().encode(text).byteLength, sha256: await sha256(text) };
}
