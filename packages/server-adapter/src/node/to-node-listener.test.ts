import {
  Agent,
  createServer,
  request as httpRequest,
  type RequestListener,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createFixture, type Fixture } from '../contract/fixture.js';
import type { McpEndpoint } from '../index.js';
import { type NodeListenerOptions, toNodeListener } from './index.js';
import { toWebRequest } from './to-web-request.js';

let issuer: FakeIssuer;
let server: Server;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});
afterAll(() => issuer.close());

async function serve(
  endpoint: McpEndpoint,
  options: NodeListenerOptions & Parameters<typeof createFixture>[2] = {},
): Promise<{ fixture: Fixture; url: string; port: number }> {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/mcp`;
  const fixture = createFixture(issuer, url, options);
  server.on('request', toNodeListener(fixture.auth.protect(endpoint), options));
  return { fixture, url, port };
}

const headers = async (url: string) => ({
  authorization: `Bearer ${await issuer.mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] })}`,
  'content-type': 'application/json',
});
const body = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
  params: { name: 'weather', arguments: {} },
});

/** A stream that says when it is asked for more and when nobody wants it. */
function counted(chunks: number) {
  const state = { pulled: 0, cancelled: false };
  const chunk = new Uint8Array(65_536).fill(32);
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
  const { fixture, url, port } = await serve(async () => new Response(stream));
  const { authorization } = await headers(url);
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write(
    `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nAuthorization: ${authorization}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
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
  const { url } = await serve(async () => new Response(stream));
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
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
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
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
  const { url } = await serve(async () => new Response(stream), {
    onError: (error) => errors.push(error),
  });
  const answer = fetch(url, { method: 'POST', headers: await headers(url), body });
  await expect(answer.then((response) => response.text())).rejects.toThrow();
  expect(errors).toEqual([new Error('The body broke off.')]);
});

it('answers 500 and says why to us alone when the endpoint throws', async () => {
  const errors: unknown[] = [];
  const broken: McpEndpoint = async () => {
    throw new Error('secret reason');
  };
  const { url } = await serve(broken, { onError: (error) => errors.push(error) });
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect([answer.status, await answer.text()]).toEqual([
    500,
    '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":null}',
  ]);
  expect(errors).toEqual([new Error('secret reason')]);
});

it('tells the console of it where nobody else is to be told, with all that there is to know', async () => {
  const told = vi.spyOn(console, 'error').mockReturnValue();
  const error = new Error('secret reason', { cause: 'a cause' });
  const { url } = await serve(() => Promise.reject(error));
  await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect(told.mock.calls).toEqual([[error]]);
  expect(told.mock.calls[0]?.[0]).toBe(error);
  told.mockRestore();
});

it('answers also when what the endpoint throws looks like a hang-up', async () => {
  const errors: unknown[] = [];
  const aborted = Object.assign(new Error('A call of its own timed out.'), { code: 'ABORT_ERR' });
  const { url } = await serve(() => Promise.reject(aborted), {
    onError: (error) => errors.push(error),
  });
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect([answer.status, errors]).toEqual([500, [aborted]]);
});

it('stops reading a body without a declared length at the limit (RS-77, ATK-91)', async () => {
  const { fixture, url, port } = await serve(async () => new Response('never'), {
    maxBodyBytes: 1000,
  });
  const lines = { ...(await headers(url)), 'transfer-encoding': 'chunked' };
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method: 'POST', path: '/mcp', headers: lines },
      (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve(incoming.statusCode));
      },
    );
    outgoing.on('error', reject);
    for (let index = 0; index < 50; index += 1) outgoing.write(' '.repeat(1000));
    outgoing.end();
  });
  expect(status).toBe(413);
  expect(fixture.sink.events).toMatchObject([{ kind: 'decision', outcome: 'denied', status: 413 }]);
});

it('keeps a connection fit for the next request after one it refused unread', async () => {
  const { url, port } = await serve(async () =>
    Response.json({ jsonrpc: '2.0', id: 1, result: {} }),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (lines: Record<string, string>, content: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = httpRequest(
        { agent, host: '127.0.0.1', port, method: 'POST', path: '/mcp', headers: lines },
        (incoming) => {
          incoming.resume();
          incoming.on('end', () => resolve(incoming.statusCode));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(content);
    });
  const json = { 'content-type': 'application/json' };
  expect(await send(json, ' '.repeat(900_000))).toBe(401);
  expect(await send(await headers(url), body)).toBe(200);
  agent.destroy();
});

it('takes the path from the target and nothing else: //host and absolute targets choose no host', async () => {
  const { port } = await serve(async () => new Response('never'));
  const ask = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = httpRequest({ host: '127.0.0.1', port, path, method: 'GET' }, (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve(incoming.statusCode));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  expect(await ask('//evil.example/mcp')).toBe(404);
  expect(await ask('http://evil.example/mcp')).toBe(405);
  expect(await ask('*')).toBe(404);
});

it('tells a handler also of a client that had left before its request came to us (ATK-91)', async () => {
  const aborted = new Promise<boolean>((resolve) => {
    server = createServer((request, response) => {
      response.once('close', () => {
        const made = toWebRequest(request, response, { origin: 'http://127.0.0.1:4321' });
        resolve(made.signal.aborted);
      });
      request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/mcp`).catch(() => {});
  expect(await aborted).toBe(true);
});

it('adds to what others have said about caches', async () => {
  const { url } = await serve(async () => Response.json({ jsonrpc: '2.0', id: 1, result: {} }));
  server.prependListener('request', (_request, response) => response.setHeader('Vary', 'Cookie'));
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect(answer.headers.get('vary')).toBe('Cookie, Origin');
});

it('blames no client for a body that somebody has read before us', async () => {
  const errors: unknown[] = [];
  const { url } = await serve(async () => new Response('never'), {
    onError: (error) => errors.push(error),
  });
  const [listener] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request').on('request', (request, response) => {
    request.resume().on('end', () => listener?.(request, response));
  });
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect(answer.status).toBe(500);
  expect(errors).toEqual([
    new Error('The body was read before the gate saw it: mount the endpoint before what reads it.'),
  ]);
});

it('sends JSON in one piece, with its length', async () => {
  const { url } = await serve(async () => Response.json({ jsonrpc: '2.0', id: 1, result: {} }));
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect(answer.headers.get('content-length')).toBe('36');
  expect(await answer.text()).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
});

it('answers a verb that fetch cannot name by 405 and lives on (RS-77, ATK-91)', async () => {
  const { fixture, port } = await serve(async () => new Response('never'));
  const ask = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = httpRequest(
        { host: '127.0.0.1', port, path, method: 'TRACE' },
        (incoming) => {
          incoming.resume();
          incoming.on('end', () => resolve(incoming.statusCode));
        },
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  expect(await ask('/mcp')).toBe(405);
  expect(await ask('/.well-known/oauth-protected-resource/mcp')).toBe(405);
  expect(await ask('/other')).toBe(404);
  expect(fixture.sink.events).toMatchObject([
    { kind: 'decision', outcome: 'denied', reason: 'method_not_allowed', status: 405 },
    { kind: 'discovery', status: 405 },
  ]);
});

it('answers 500 when a request cannot be made of what Node parsed', async () => {
  const errors: unknown[] = [];
  const { port } = await serve(async () => new Response('never'), {
    onError: (error) => errors.push(error),
  });
  server.prependListener('request', (request) => {
    request.rawHeaders.push('X-Lenient', 'a\u0000b');
  });
  expect((await fetch(`http://127.0.0.1:${port}/mcp`)).status).toBe(500);
  expect(errors).toHaveLength(1);
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
