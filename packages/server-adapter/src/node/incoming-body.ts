import type { IncomingMessage } from 'node:http';
import {
  BODY_MS,
  type BodyReader,
  readBefore,
  tooLarge,
  tooLate,
  unreadable,
} from '../message/body-reader.js';
import type { ProtocolFault } from '../message/json-rpc.js';

/**
 * The body of a Node request. Nothing is read before somebody asks, so that a request refused by its headers leaves its body to Node,
 * which throws it away. What is left over at a limit is thrown away too: the connection stays fit for the answer.
 *
 * @param signal - Fires when the client hangs up.
 */
export function incomingBody(request: IncomingMessage, signal: AbortSignal): BodyReader {
  return async (maxBytes) => {
    // A request of HTTP/2 that was given up looks as if somebody had read it.
    if (signal.aborted) return unreadable();
    if (request.readableEnded) throw readBefore();
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const timer = setTimeout(() => settle(tooLate()), BODY_MS);

      function settle(answer: string | ProtocolFault): void {
        clearTimeout(timer);
        request.off('data', take).off('end', end).off('error', fail).off('close', fail);
        request.resume();
        resolve(answer);
      }
      function take(chunk: Buffer): void {
        size += chunk.byteLength;
        if (size > maxBytes) settle(tooLarge(maxBytes));
        else chunks.push(chunk);
      }
      const end = () => settle(decoded(chunks));
      const fail = () => settle(unreadable());

      // It will not come any more: then no event would come either.
      if (request.destroyed) fail();
      else request.on('data', take).once('end', end).once('error', fail).once('close', fail);
    });
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decoded(chunks: readonly Buffer[]): string | ProtocolFault {
  const [only = Buffer.alloc(0)] = chunks;
  try {
    return decoder.decode(chunks.length > 1 ? Buffer.concat(chunks) : only);
  } catch {
    return unreadable();
  }
}
