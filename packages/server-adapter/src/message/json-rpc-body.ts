import { BODY_MS, bodyReaderOf, readBefore, tooLarge, tooLate, unreadable } from './body-reader.js';
import type { ProtocolFault } from './json-rpc.js';

/** Reads the body of a request as a `BodyReader` does: its own, or the one that a host has given it. */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<string | ProtocolFault> {
  const given = bodyReaderOf(request);
  if (given) return given(maxBytes);
  if (request.body === null) return '';
  if (request.bodyUsed || request.body.locked) throw readBefore();
  const reader = request.body.getReader();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, BODY_MS);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) return tooLate();
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > maxBytes) {
        reader.cancel().catch(() => {});
        return tooLarge(maxBytes);
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return unreadable();
  } finally {
    clearTimeout(timer);
  }
}
