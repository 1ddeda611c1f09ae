import type { RequestId } from './message/json-rpc.js';

/** The longest that a timer can run, in milliseconds; a stream that old ends as well. */
const LONGEST_TIMER = 2_147_483_647;

/** What ends a stream before its source does. */
export interface StreamEnd {
  /** From now. */
  readonly milliseconds: number;
  /** Calls once, as soon as the token is revoked, be it at once; returns what to call when the stream is over. */
  readonly onRevoked?: (listen: () => void) => () => void;
}

/**
 * An event stream, ended when the token that opened it is, so that the client can come back with a fresh one. What arrives later is thrown
 * away here; a session's endpoint may keep it for the client that comes back.
 *
 * @param subscription - Whose graceful result is sent at last. Without one the stream just closes, as those of the 2025 era do.
 * @see MCP 2026-07-28, Subscriptions, "Graceful Closure"
 */
export function endingStream(
  body: ReadableStream<Uint8Array>,
  { milliseconds, onRevoked }: StreamEnd,
  subscription?: RequestId,
): ReadableStream<Uint8Array> {
  const source = body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unwatch: (() => void) | undefined;
  let over = false;
  function finish(): void {
    over = true;
    clearTimeout(timer);
    unwatch?.();
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      function end(): void {
        if (over) return;
        finish();
        if (subscription !== undefined) {
          controller.enqueue(new TextEncoder().encode(gracefulEnd(subscription)));
        }
        controller.close();
        source.cancel().catch(() => {});
      }
      timer = setTimeout(end, Math.min(Math.max(milliseconds, 0), LONGEST_TIMER));
      unwatch = onRevoked?.(end);
    },
    async pull(controller) {
      const { done, value } = await source.read().catch((error: unknown) => {
        finish();
        throw error;
      });
      if (over) return;
      if (!done) {
        controller.enqueue(value);
        return;
      }
      finish();
      controller.close();
    },
    async cancel(reason) {
      finish();
      await source.cancel(reason);
    },
  });
}

function gracefulEnd(id: RequestId): string {
  const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
  const result = { resultType: 'complete', _meta };
  return `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`;
}
