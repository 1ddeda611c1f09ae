/**
 * An answer whose body, if it breaks off, does not say why: `@hono/node-server` sends the message of that error to the client when nothing of
 * the answer has gone out before.
 */
export function withoutReason(answer: Response): Response {
  const { body, status, statusText, headers } = answer;
  // JSON is whole by now.
  if (body === null || headers.get('content-type')?.startsWith('application/json')) return answer;
  const source = body.getReader();
  const bland = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await source.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (cause) {
          controller.error(new Error('The answer broke off', { cause }));
        }
      },
      cancel: (reason) => source.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(bland, { status, statusText, headers });
}
