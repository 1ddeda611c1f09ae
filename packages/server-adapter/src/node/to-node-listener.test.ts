import { request as httpRequest, type RequestListener } from 'node:http';
import { expect, it, vi } from 'vitest';
import { onNode } from '../contract/on-node.js';
import type { McpEndpoint } from '../index.js';
import { toWebRequest } from './to-web-request.js';

const { serve, call } = onNode();

it('answers 500 and says why to us alone when the endpoint throws', async () => {
  const errors: unknown[] = [];
  const broken: McpEndpoint = async () => {
    throw new Error('secret reason');
  };
  const { url } = await serve(broken, { onError: (error) => errors.push(error) });
  const answer = await fetch(url, await call(url));
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
  await fetch(url, await call(url));
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
  const answer = await fetch(url, await call(url));
  expect([answer.status, errors]).toEqual([500, [aborted]]);
});

it('tells a handler also of a client that had left before its request came to us (ATK-91)', async () => {
  const { server, url } = await serve(async () => new Response('never'));
  const aborted = new Promise<boolean>((resolve) => {
    server.removeAllListeners('request').on('request', (request, response) => {
      response.once('close', () => {
        const made = toWebRequest(request, response, { origin: 'http://127.0.0.1:4321' });
        resolve(made.signal.aborted);
      });
      request.socket.destroy();
    });
  });
  await fetch(url).catch(() => {});
  expect(await aborted).toBe(true);
});

it('blames no client for a body that somebody has read before us', async () => {
  const errors: unknown[] = [];
  const { server, url } = await serve(async () => new Response('never'), {
    onError: (error) => errors.push(error),
  });
  const [listener] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request').on('request', (request, response) => {
    request.resume().on('end', () => listener?.(request, response));
  });
  const answer = await fetch(url, await call(url));
  expect(answer.status).toBe(500);
  expect(errors).toEqual([
    new Error('The body was read before the gate saw it: mount the endpoint before what reads it.'),
  ]);
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
  const { server, port } = await serve(async () => new Response('never'), {
    onError: (error) => errors.push(error),
  });
  server.prependListener('request', (request) => {
    request.rawHeaders.push('X-Lenient', 'a\u0000b');
  });
  expect((await fetch(`http://127.0.0.1:${port}/mcp`)).status).toBe(500);
  expect(errors).toHaveLength(1);
});
