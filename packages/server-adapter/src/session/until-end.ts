/** The same answer, and a call when it is through: at once where it has no body, else when its body ends, breaks or is left. */
export function untilEnd(response: Response, done: () => void): Response {
  const { body, status, statusText, headers } = response;
  if (!body) {
    done();
    return response;
  }
  const source = body.getReader();
  let over = false;
  const finish = () => {
    if (!over) done();
    over = true;
  };
  const watched = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: whole, value } = await source.read();
          if (!whole) return controller.enqueue(value);
          finish();
          controller.close();
        } catch (error) {
          finish();
          controller.error(error);
        }
      },
      async cancel(reason) {
        finish();
        await source.cancel(reason);
      },
    },
    // Nothing is read ahead: what nobody takes stays with the source.
    { highWaterMark: 0 },
  );
  return new Response(watched, { status, statusText, headers });
}
