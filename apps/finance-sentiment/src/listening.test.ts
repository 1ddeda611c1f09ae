import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { listen, stop } from './listening.js';

/** A server that answers when the test says so, and what it was asked. */
async function slowServer() {
  const asked: ServerResponse[] = [];
  const server = createServer((_request, response) => void asked.push(response));
  const port = await listen(server, 0, '127.0.0.1');
  const ask = (agent?: Agent) => {
    const request = get({ host: '127.0.0.1', port, ...(agent ? { agent } : {}) });
    return once(request, 'response') as Promise<[IncomingMessage]>;
  };
  return { server, port, asked, ask };
}

/** Milliseconds. */
async function timeOf(work: Promise<unknown>): Promise<number> {
  const before = Date.now();
  await work;
  return Date.now() - before;
}

describe('stop', () => {
  it('waits for a request that runs, and not for the next on its connection', async () => {
    const { server, asked, ask } = await slowServer();
    const agent = new Agent({ keepAlive: true });
    const answered = ask(agent);
    await once(server, 'request');
    let over = false;
    const stopped = stop(server, 10_000).then(() => {
      over = true;
    });
    await wait(100);
    expect(over).toBe(false);
    asked[0]?.end('late');
    const [response] = await answered;
    expect((await response.toArray()).join('')).toBe('late');
    expect(await timeOf(stopped)).toBeLessThan(2000);
    agent.destroy();
  });

  it('cuts what still runs after the grace', async () => {
    const { server, ask } = await slowServer();
    const cut = expect(ask()).rejects.toThrow();
    await once(server, 'request');
    const took = await timeOf(stop(server, 200));
    expect(took).toBeGreaterThan(150);
    expect(took).toBeLessThan(2000);
    await cut;
  });

  it.each([
    ['nothing has been asked', ''],
    ['nobody has asked to the end', 'GET / HTTP/1.1\r\nHost: '],
  ])('waits for no connection on which %s', async (_, text) => {
    const { server, port } = await slowServer();
    const socket = connect(port, '127.0.0.1');
    // Reset, for all that it knows.
    socket.on('error', () => {});
    await once(server, 'connection');
    if (text) await new Promise((resolve) => socket.write(text, resolve));
    expect(await timeOf(stop(server, 10_000))).toBeLessThan(2000);
    socket.destroy();
  });

  it('has nothing to do where nobody listens', async () => {
    const { server } = await slowServer();
    await stop(server, 0);
    await stop(server, 10_000);
    expect(server.listening).toBe(false);
  });
});
