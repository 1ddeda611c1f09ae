/**
 * The whole body of an answer.
 *
 * @throws {RangeError} when it is longer than `maxBytes`; the rest is not read.
 */
export async function readBounded(
  response: Response,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new RangeError('The answer is too long.');
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
