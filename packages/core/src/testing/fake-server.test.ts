import { createServer as createHttpServer } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import { createServer as createNetServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeServer, type FakeServerOptions, startFakeServer } from './fake-server.js';
import type { ServerFault } from './server-fault.js';

const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(options: Partial<FakeServerOptions> = {}): Promise<FakeServer> {
  const server = await startFakeServer({
    handle: async (request) => {
      const { method, url } = request;
      return Response.json({ method, url, text: await request.text() });
    },
    areaOf: (pathname) => (pathname === '/keys' ? 'keys' : 'other'),
    ...options,
  });
  open.push(server);
  return server;
}

describe('startFakeServer', () => {
  it('hands a whole request to the function and sends its response', async () => {
    const server = await start({
      handle: async (request) =>
        new Response(`${request.method} ${request.url} ${await request.text()}`, {
          status: 201,
          headers: [
            ['x-one', '1'],
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        }),
    });
    const answer = await fetch(`${server.origin}//evil.example.com/p?q=1`, {
      method: 'PUT',
      body: 'text',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-one')).toBe('1');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.text()).toBe(`PUT ${server.origin}//evil.example.com/p?q=1 text`);
  });

  it('logs what came, and of the credential its scheme only', async () => {
    const server = await start();
    await fetch(`${server.origin}/keys?a=1`, {
      method: 'POST',
      headers: {
        'user-agent': 'test/1',
        origin: 'https://app.example.com',
        accept: 'application/json',
        authorization: 'Bearer secret-token',
        'x-other': 'x',
      },
      body: new URLSearchParams('grant_type=client_credentials&resource=a&resource=b'),
    });
    await fetch(server.origin, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 't', accept: '*/*' },
      body: '{"a":[1]}',
    });
    expect(server.requests).toEqual([
      {
        method: 'POST',
        path: '/keys',
        query: { a: '1' },
        area: 'keys',
        headers: {
          'user-agent': 'test/1',
          origin: 'https://app.example.com',
          accept: 'application/json',
          authorization: 'Bearer',
          'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        },
        body: { grant_type: 'client_credentials', resource: ['a', 'b'] },
      },
      {
        method: 'POST',
        path: '/',
        query: {},
        area: 'other',
        headers: { 'user-agent': 't', accept: '*/*', 'content-type': 'application/json' },
        body: { a: [1] },
      },
    ]);
    expect(server.count('keys')).toBe(1);
    expect(server.count('other')).toBe(1);
    expect(server.count('token')).toBe(0);
  });

  it('keeps the log short, and counts on', async () => {
    const server = await start();
    for (let batch = 0; batch < 11; batch += 1) {
      const calls = Array.from({ length: 100 }, () => fetch(`${server.origin}/${batch}`));
      await Promise.all((await Promise.all(calls)).map((answer) => answer.arrayBuffer()));
    }
    expect(server.requests.length).toBe(1000);
    expect(server.requests[0]?.path).toBe('/1');
    expect(server.count('other')).toBe(1100);
  });

  it('refuses a body beyond its bound, and says when the function failed', async () => {
    const server = await start({
      handle: () => {
        throw new Error('no route');
      },
    });
    const long = await fetch(server.origin, { method: 'POST', body: 'x'.repeat(65_537) });
    expect(long.status).toBe(413);
    const failed = await fetch(server.origin);
    expect([failed.status, await failed.text()]).toEqual([
      500,
      'The handler failed: Error: no route',
    ]);
  });

  it('ends the connections that hang when it is closed', async () => {
    const server = await start();
    server.breakWith('hang');
    const waiting = expect(fetch(server.origin)).rejects.toThrow();
    await expect.poll(() => server.count('other')).toBe(1);
    await server.close();
    await waiting;
    open.splice(0);
  });

  it('lets a listener of the caller’s own speak HTTP/2 and HTTP/1.1 on one port', async () => {
    const server = await start({
      listen(answer) {
        const http1 = createHttpServer(answer);
        // Node's compatibility interface has the same shape.
        const http2 = createHttp2Server(answer as never);
        return createNetServer((socket: Socket) => {
          socket.once('readable', () => {
            const head: Buffer | null = socket.read();
            if (head === null) return;
            socket.unshift(head);
            const { length } = 'PRI';
            const speaks2 = head.subarray(0, length).toString() === 'PRI';
            (speaks2 ? http2 : http1).emit('connection', socket);
          });
        });
      },
    });
    expect(await (await fetch(`${server.origin}/one`)).json()).toMatchObject({ method: 'GET' });

    const session = connect(server.origin);
    const stream = session.request({ ':method': 'POST', ':path': '/two' });
    stream.end('body');
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    session.destroy();
    expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({
      method: 'POST',
      url: `${server.origin}/two`,
      text: 'body',
    });
  });
});

describe('faults', () => {
  const get = (url: string) => fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(200) });
  const seen = async (server: FakeServer, path: string) => {
    const answer = await get(server.origin + path);
    return [answer.status, await answer.text()] as const;
  };

  it.each<[ServerFault, string, number, string]>([
    ['status_500', '/keys', 500, '{}'],
    ['html', '/keys', 200, '<!doctype html><p>Sorry</p>'],
    ['empty', '/keys', 200, '{"keys":[]}'],
    ['empty', '/', 200, '{}'],
    ['empty_object', '/keys', 200, '{}'],
    ['redirect', '/keys', 302, ''],
  ])('%s at %s', async (fault, path, status, body) => {
    const server = await start();
    server.breakWith(fault);
    expect(await seen(server, path)).toEqual([status, body]);
    server.repair();
    expect((await seen(server, path))[1]).toContain('"method":"GET"');
  });

  it('cuts the connection where it is down', async () => {
    const server = await start();
    server.breakWith('down');
    await expect(get(server.origin)).rejects.toThrow('fetch failed');
  });

  it('says nothing at all, or begins and never ends', async () => {
    const server = await start();
    server.breakWith('hang');
    await expect(get(server.origin)).rejects.toThrow('timeout');
    server.breakWith('trickle');
    const answer = await get(server.origin);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('timeout');
  });

  it('gives the right answer late', async () => {
    const server = await start();
    server.breakWith({ slowMs: 60 });
    const before = performance.now();
    expect((await seen(server, '/'))[0]).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(55);
  });

  it('puts the right members behind a megabyte of others', async () => {
    const server = await start();
    server.breakWith('huge');
    const [, body] = await seen(server, '/keys');
    expect(body.length).toBeGreaterThan(1_048_576);
    expect(JSON.parse(body)).toMatchObject({ method: 'GET' });
  });

  it('counts the redirects that somebody followed to the right answer', async () => {
    const server = await start();
    server.breakWith('redirect');
    expect(await (await fetch(`${server.origin}/keys`)).json()).toMatchObject({ method: 'GET' });
    expect(server.redirected).toBe(1);
  });

  it('breaks one area and leaves the others whole', async () => {
    const server = await start();
    server.breakWith('status_500', 'keys');
    expect((await seen(server, '/keys'))[0]).toBe(500);
    expect((await seen(server, '/'))[0]).toBe(200);
  });
});
