import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { incomingBody } from './incoming-body.js';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends the head of a request with a body; what follows is up to the test. */
async function sent(
  read: (request: IncomingMessage) => Promise<unknown>,
  length?: number,
): Promise<{ outgoing: ReturnType<typeof httpRequest>; answer: Promise<unknown> }> {
  let settle = (_answer: Promise<unknown>) => {};
  const answer = new Promise<unknown>((resolve) => {
    settle = resolve;
  });
  server = createServer((request, response) => {
    settle(read(request));
    response.flushHeaders();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const outgoing = httpRequest({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    method: 'POST',
    headers: length === undefined ? {} : { 'content-length': length },
  });
  outgoing.on('error', () => {});
  outgoing.flushHeaders();
  return { outgoing, answer };
}

const whole = (request: IncomingMessage) =>
  incomingBody(request, new AbortController().signal)(1000);
const unreadable = {
  kind: 'fault',
  status: 400,
  code: -32700,
  message: 'Parse error: the request body is not UTF-8 or broke off',
  id: null,
};

it('puts together a character that came in two pieces', async () => {
  const { outgoing, answer } = await sent(whole);
  const [first, second] = Buffer.from('ü');
  outgoing.write(Buffer.from([first as number]));
  await once(outgoing, 'response');
  outgoing.end(Buffer.from([second as number]));
  expect(await answer).toBe('ü');
});

it('takes bytes that are no UTF-8 for no text (ATK-91)', async () => {
  const { outgoing, answer } = await sent(whole);
  outgoing.end(Buffer.from([0x22, 0xff, 0x22]));
  expect(await answer).toEqual(unreadable);
});

it('waits no longer for what broke off', async () => {
  const { outgoing, answer } = await sent(whole, 100);
  outgoing.write('{');
  await once(outgoing, 'response');
  outgoing.destroy();
  expect(await answer).toEqual(unreadable);
});

it('waits for nothing where the request is gone, or was read by somebody else', async () => {
  const gone = await sent(async (request) => {
    request.destroy();
    return whole(request);
  }, 100);
  expect(await gone.answer).toEqual(unreadable);
  server.close();
  const read = await sent(async (request) => {
    await once(request.resume(), 'end');
    return whole(request);
  });
  read.outgoing.end('{}');
  await expect(read.answer).rejects.toThrow('The body was read before the gate saw it');
});

it('leaves nothing of itself on a request that it has read', async () => {
  const { outgoing, answer } = await sent(async (request) => {
    const before = request.eventNames().map((name) => [name, request.listenerCount(name)]);
    await whole(request);
    const after = request.eventNames().map((name) => [name, request.listenerCount(name)]);
    return [before, after];
  });
  outgoing.end('{}');
  const [before, after] = (await answer) as [unknown, unknown];
  expect(after).toEqual(before);
});
