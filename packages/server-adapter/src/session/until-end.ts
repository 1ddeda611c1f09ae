/** How much may wait for its reader, in bytes, and for how long more may, in milliseconds. */
const MAX_BEHIND = 4_194_304;
const BEHIND_MS = 30_000;

/**
 * The answer of an SDK, and a call when it is through: at once where it has no body, else when all of it is said, it breaks or is left.
 *
 * SDKs write whether or not anybody reads, so who reads nothing would fill our memory: it breaks off when 4 MiB have waited for half a minute.
 * A burst, however long, is no reason: it is written before anybody can have read of it.
 */
export function untilEnd(response: Response, done: () => void): Response {
  const { body, status, statusText, headers } = response;
  if (!body) {
    done();
    return response;
  }
  const source = body.getReader();
  let over = false;
  let behind: ReturnType<typeof setTimeout> | undefined;
  function finish(): void {
    clearTimeout(behind);
    if (!over) done();
    over = true;
  }

  async function pass(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    function breakOff(error: unknown): void {
      finish();
      controller.error(error);
      source.cancel(error).catch(() => {});
    }
    try {
      for (;;) {
        const { done: whole, value } = await source.read();
        if (over) return;
        if (whole) break;
        controller.enqueue(value);
        if ((controller.desiredSize ?? 0) > 0) continue;
        behind ??= setTimeout(
          () => breakOff(new Error('The client is too far behind.')),
          BEHIND_MS,
        );
      }
      finish();
      controller.close();
    } catch (error) {
      if (!over) breakOff(error);
    }
  }

  const watched = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        void pass(controller);
      },
      // Asked for as soon as less than the most is waiting.
      pull() {
        clearTimeout(behind);
        behind = undefined;
      },
      async cancel(reason) {
        finish();
        await source.cancel(reason);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_BEHIND }),
  );
  return new Response(watched, { status, statusText, headers });
}
