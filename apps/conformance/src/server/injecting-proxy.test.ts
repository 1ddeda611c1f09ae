import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { listen } from '../loopback.js';
import { injectingProxy } from './injecting-proxy.js';

it('adds the token, and lets everything else through as it came', async () => {
  let seen: IncomingMessage | undefined;
  const server = await listen((incoming, outgoing) => {
    seen = incoming;
    outgoing.writeHead(418, { 'x-odd': 'yes' }).end('short and stout');
  });
  const proxy = await injectingProxy(() => ({ port: server.port, token: 'abc' }));
  const headers = { host: 'evil.example', origin: 'http://evil.example', 'x-own': 'kept' };
  const sent = request(`${proxy.origin}/mcp?a=b`, { method: 'DELETE', headers }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const body = await answer.toArray();
  await Promise.all([proxy.close(), server.close()]);
  expect([seen?.method, seen?.url, seen?.rawHeaders]).toEqual([
    'DELETE',
    '/mcp?a=b',
    expect.arrayContaining(['evil.example', 'http://evil.example', 'kept', 'Bearer abc']),
  ]);
  expect([answer.statusCode, answer.headers['x-odd']]).toEqual([418, 'yes']);
  expect(String(body)).toBe('short and stout');
});

it('hands on what comes when it comes, and hangs up when the client does', async () => {
  let stream: ServerResponse | undefined;
  let hungUp = () => {};
  const left = new Promise<void>((resolve) => {
    hungUp = resolve;
  });
  const server = await listen((_incoming, outgoing) => {
    stream = outgoing;
    outgoing.on('close', hungUp);
    outgoing.flushHeaders();
  });
  const proxy = await injectingProxy(() => ({ port: server.port }));
  const sent = request(proxy.origin).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  stream?.write('first');
  const [chunk] = await once(answer, 'data');
  expect(String(chunk)).toBe('first');
  sent.destroy();
  await left;
  await Promise.all([proxy.close(), server.close()]);
});
