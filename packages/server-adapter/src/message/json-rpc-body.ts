import { fault, type ProtocolFault } from './json-rpc.js';

/** How long a body may take to arrive, in milliseconds. */
const BODY_MS = 30_000;

/** The answer to a body over the limit, declared or found. */
export function tooLarge(maxBytes: number): ProtocolFault {
  const message = `Payload Too Large: a request body may have ${maxBytes} bytes`;
  return fault(-32600, message, { status: 413 });
}

/**
 * Reads a body as UTF-8, no further than the limit and no longer than half a minute.
 *
 * @param maxBytes - Counted as they arrive: a declared length is only a claim.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<string | ProtocolFault> {
  if (request.body === null) return '';
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
      if (late) return fault(-32600, 'The request body took too long', { status: 408 });
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > maxBytes) {
        reader.cancel().catch(() => {});
        return tooLarge(maxBytes);
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return fault(-32700, 'Parse error: the request body is not UTF-8 or broke off');
  } finally {
    clearTimeout(timer);
  }
}
