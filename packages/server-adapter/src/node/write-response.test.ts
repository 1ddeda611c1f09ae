import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { onNode } from '../contract/on-node.js';

const { serve, call } = onNode();

const events = { headers: { 'content-type': 'text/event-stream' } };

/** A stream that says when it is asked for more and when nobody wants it. */
function counted(chunks: number) {
  const state = { pulled: 0, cancelled: false };
  const chunk = new TextEncoder().encode(`data: "${'x'.repeat(65_000)}"\n\n`);
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        state.pulled += 1;
        controller.enqueue(chunk);
        if (state.pulled === chunks) controller.close();
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { state, stream };
}

it('writes no faster than the client reads, and stops when it hangs up (ATK-91)', async () => {
  const { state, stream } = counted(10_000);
  const { fixture, url, port } = await serve(async () => new Response(stream, events));
  const { headers, body } = await call(url);
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write(
    `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nAuthorization: ${headers.authorization}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await until(() => state.pulled > 0);
  await settled(() => state.pulled);
  expect(state.pulled).toBeLessThan(5000);
  socket.destroy();
  await until(() => state.cancelled && fixture.sink.events.length === 2);
  expect(fixture.sink.events[1]).toMatchObject({ kind: 'completion', outcome: 'unknown' });
});

it('sends the headers before the first event is known', async () => {
  let finish = (): void => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      finish = () => controller.close();
    },
  });
  const { url } = await serve(async () => new Response(stream, events));
  const answer = await fetch(url, await call(url));
  expect(answer.status).toBe(200);
  finish();
  expect(await answer.text()).toBe('');
});

it('sends the first event before the last is known', async () => {
  let finish = (): void => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('event: message\ndata: {}\n\n'));
      finish = () => controller.close();
    },
  });
  const response = new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  const { url } = await serve(async () => response);
  const answer = await fetch(url, await call(url));
  const reader = answer.body?.getReader();
  const first = await reader?.read();
  expect(new TextDecoder().decode(first?.value)).toContain('data: {}');
  finish();
  expect(await reader?.read()).toMatchObject({ done: true });
});

it('closes the connection when a body breaks off, so that a cut answer cannot pass for a whole one', async () => {
  const errors: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error('The body broke off.'));
    },
  });
  const { url } = await serve(async () => new Response(stream, events), {
    onError: (error) => errors.push(error),
  });
  const answer = fetch(url, await call(url));
  await expect(answer.then((response) => response.text())).rejects.toThrow();
  expect(errors).toEqual([new Error('The body broke off.')]);
});

it('tells also of a body that broke off with a code, as those of databases and sockets do', async () => {
  const errors: unknown[] = [];
  const error = Object.assign(new Error('The database is gone.'), { code: 'ECONNRESET' });
  const stream = () => new ReadableStream({ pull: (controller) => controller.error(error) });
  const { url } = await serve(async () => new Response(stream(), events), {
    onError: (told) => errors.push(told),
  });
  const answer = fetch(url, await call(url));
  await expect(answer.then((response) => response.text())).rejects.toThrow();
  expect(errors).toEqual([error]);
});

it('lets go of a stream that comes when its client has left (ATK-91)', async () => {
  const { state, stream } = counted(10_000);
  const abort = new AbortController();
  const { url } = await serve(async ({ signal }) => {
    const left = new Promise((resolve) => signal.addEventListener('abort', resolve));
    abort.abort();
    await left;
    return new Response(stream, events);
  });
  await expect(fetch(url, await call(url, abort.signal))).rejects.toThrow();
  await until(() => state.cancelled);
  expect(state.pulled).toBeLessThan(100);
});

it('sends each cookie of an answer in a line of its own', async () => {
  const lines: [string, string][] = [
    ['Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
    ['Set-Cookie', 'b=2'],
  ];
  const { url } = await serve(async () => Response.json({}, { headers: lines }));
  const answer = await fetch(url, await call(url));
  expect(answer.headers.getSetCookie()).toEqual(lines.map(([, value]) => value));
});

it('adds to what others have said about caches', async () => {
  const { url, server } = await serve(async () =>
    Response.json({ jsonrpc: '2.0', id: 1, result: {} }),
  );
  server.prependListener('request', (_request, response) => response.setHeader('Vary', 'Cookie'));
  const answer = await fetch(url, await call(url));
  expect(answer.headers.get('vary')).toBe('Cookie, Origin');
});

it('sends JSON in one piece, with its length', async () => {
  const { url } = await serve(async () => Response.json({ jsonrpc: '2.0', id: 1, result: {} }));
  const answer = await fetch(url, await call(url));
  expect(answer.headers.get('content-length')).toBe('36');
  expect(await answer.text()).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('It did not happen within five seconds.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a count has stood still for a while. */
async function settled(count: () => number): Promise<void> {
  for (let last = -1; last !== count(); ) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
