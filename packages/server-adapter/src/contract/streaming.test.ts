import { expect, it } from 'vitest';
import type { McpEndpoint } from '../index.js';
import { toSent } from './calls.js';
import type { Host, Received } from './hosts.js';
import { onEveryHost } from './on-every-host.js';
import { openSockets } from './open-sockets.js';

onEveryHost(({ start, mint }) => {
  /** A good call of a tool. */
  async function request(host: Host, signal?: AbortSignal): Promise<Request> {
    const token = await mint(host, 'mcp:tools:*');
    const params = { name: 'weather', arguments: {} };
    const { method, headers, body } = toSent({
      ...{ era: 'legacy', method: 'tools/call', params, token },
    });
    const lines = headers.map(([name, value]): [string, string] => [name, value]);
    return new Request(host.url, {
      method,
      headers: lines,
      body: body ?? null,
      signal: signal ?? null,
    });
  }

  /** The same, answered whole. */
  async function sentTo(host: Host): Promise<Received> {
    const token = await mint(host, 'mcp:tools:*');
    const params = { name: 'weather', arguments: {} };
    return host.send(toSent({ era: 'legacy', method: 'tools/call', params, token }));
  }

  it('passes headers and each event on as they come (RS-77)', async () => {
    const { stream, push, close } = byHand();
    const headers = { 'content-type': 'text/event-stream' };
    const host = await start({}, async () => new Response(stream, { headers }));
    const answer = await host.fetch(await request(host));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const events = [
      'event: message\ndata: {"n":1}\n\n',
      'data: {"jsonrpc":"2.0","id":7,"result":{}}\n\n',
    ];
    for (const event of events) {
      push(event);
      expect(await reader.read()).toEqual({ done: false, value: event });
    }
    expect(host.sink.events).toMatchObject([{ kind: 'decision', outcome: 'allowed' }]);
    close();
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    expect(host.sink.events.slice(1)).toMatchObject([{ kind: 'completion', outcome: 'succeeded' }]);
  });

  it('takes the status of a stream from the endpoint, and nothing that it says about the connection', async () => {
    const headers = {
      ...{ 'content-type': 'text/event-stream', 'x-kept': 'kept' },
      ...{ 'keep-alive': 'timeout=999', 'transfer-encoding': 'gzip', upgrade: 'websocket' },
    };
    const host = await start(
      {},
      async () => new Response('data: {}\n\n', { status: 201, headers }),
    );
    const { status, headers: received, ...answer } = await sentTo(host);
    expect([status, answer.text, received.get('x-kept')]).toEqual([201, 'data: {}\n\n', 'kept']);
    expect([received.get('upgrade'), received.get('keep-alive') ?? '']).toEqual([
      null,
      expect.not.stringContaining('999'),
    ]);
    expect(received.get('transfer-encoding') ?? 'chunked').toBe('chunked');
  });

  it('lets a stream go, and completes it as unknown, when its client hangs up (ATK-91)', async () => {
    const { stream, push, cancelled } = byHand();
    const headers = { 'content-type': 'text/event-stream' };
    const host = await start({}, async () => new Response(stream, { headers }));
    const answer = await host.fetch(await request(host));
    const reader = answer.body!.getReader();
    push('event: message\ndata: {}\n\n');
    await reader.read();
    await reader.cancel();
    await expect.poll(cancelled).toBe(true);
    await expect
      .poll(() => host.sink.events.slice(1))
      .toMatchObject([{ kind: 'completion', outcome: 'unknown' }]);
    expect(host.errors).toEqual([]);
  });

  it('tells a handler whose client hung up, and nobody else of the error that this makes (ATK-91)', async () => {
    const abort = new AbortController();
    let told = false;
    const host = await start({}, ({ signal }) => {
      const answer = new Promise<Response>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          told = true;
          reject(signal.reason);
        });
      });
      abort.abort();
      return answer;
    });
    await host.fetch(await request(host, abort.signal)).catch(() => {});
    await expect.poll(() => told).toBe(true);
    await expect
      .poll(() => host.sink.events.slice(1))
      .toMatchObject([{ kind: 'completion', outcome: 'unknown' }]);
    expect(host.errors).toEqual([]);
  });

  it('keeps no connection and no listener of clients that left or were served (ATK-91)', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => void warnings.push(warning);
    process.on('warning', warned);
    const { open, endpoint } = endless();
    const host = await start({}, endpoint);
    const sockets = openSockets(host);
    const answers = await Promise.all(
      Array.from({ length: 15 }, async () => host.fetch(await request(host))),
    );
    expect(open()).toBe(15);
    if (host.server) expect(sockets()).toBe(15);
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
    await expect.poll(open).toBe(0);
    await expect.poll(() => host.sink.events).toHaveLength(30);
    await expect.poll(sockets).toBe(0);
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });
});

/** A stream whose events the case sends itself. */
function byHand() {
  let cancelled = false;
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const stream = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
    cancel() {
      cancelled = true;
    },
  });
  const push = (event: string) => controller.enqueue(new TextEncoder().encode(event));
  return { stream, push, close: () => controller.close(), cancelled: () => cancelled };
}

/** Answers that never end, counted while somebody has them open. */
function endless() {
  let open = 0;
  const endpoint: McpEndpoint = async () => {
    open += 1;
    const body = new ReadableStream({
      cancel() {
        open -= 1;
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  return { endpoint, open: () => open };
}
