import type { RequestId } from './message/json-rpc.js';

/** The longest that a timer can run, in milliseconds; a stream that old ends as well. */
const LONGEST_TIMER = 2_147_483_647;

/**
 * The event stream of a subscription, ended when the token that opened it is: with the graceful result, so that the client can come back
 * with a fresh one. What arrives later is thrown away.
 *
 * @param milliseconds - From now.
 * @see MCP 2026-07-28, Subscriptions, "Graceful Closure"
 */
export function endingStream(
  body: ReadableStream<Uint8Array>,
  milliseconds: number,
  subscription: RequestId,
): ReadableStream<Uint8Array> {
  const source = body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setTimeout(
        () => {
          ended = true;
          controller.enqueue(new TextEncoder().encode(gracefulEnd(subscription)));
          controller.close();
          source.cancel().catch(() => {});
        },
        Math.min(Math.max(milliseconds, 0), LONGEST_TIMER),
      );
    },
    async pull(controller) {
      const { done, value } = await source.read().catch((error: unknown) => {
        clearTimeout(timer);
        throw error;
      });
      if (ended) return;
      if (!done) {
        controller.enqueue(value);
        return;
      }
      clearTimeout(timer);
      controller.close();
    },
    async cancel(reason) {
      clearTimeout(timer);
      await source.cancel(reason);
    },
  });
}

function gracefulEnd(id: RequestId): string {
  const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
  const result = { resultType: 'complete', _meta };
  return `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`;
}
