import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { boundedGet } from './bounded-get.js';
import { connectNamed } from './guarded-connection.js';

let server: Server;
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** Asks a server that does with the connection what it likes. */
async function get(behave: (socket: Socket) => void, bytes = 100) {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => behave(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/c.json`);
  const signal = AbortSignal.timeout(200);
  const connection = await connectNamed(url, signal);
  const started = performance.now();
  try {
    return await boundedGet(url, {}, connection, { bytes, signal });
  } finally {
    expect(performance.now() - started).toBeLessThan(1000);
    expect(connection.destroyed).toBe(true);
  }
}
function drip(socket: Socket, text: string, first = '') {
  socket.write(first);
  const timer = setInterval(() => socket.write(text), 10);
  socket.on('close', () => clearInterval(timer));
}
const ok = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

describe('an answer (AS-27, ATK-23)', () => {
  it('is read up to its end', async () => {
    const answer = await get((socket) => socket.end(`${ok}content-length: 2\r\n\r\n{}`));
    expect(answer).toMatchObject({ status: 200, body: '{}' });
  });

  it('of as many bytes as there may be is read, and of one more is not', async () => {
    const send = (bytes: number) => (socket: Socket) =>
      socket.end(
        `${ok}transfer-encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n0\r\n\r\n`,
      );
    expect((await get(send(100))).body).toHaveLength(100);
    await expect(get(send(101))).rejects.toThrow('the answer is larger than 100 bytes');
  });

  it('that announces too much is not read', async () => {
    await expect(get((socket) => socket.write(`${ok}content-length: 101\r\n\r\n`))).rejects.toThrow(
      'the answer is larger than 100 bytes',
    );
  });

  it.each(['gzip', 'br', 'deflate, gzip', 'identity, gzip'])(
    'that is packed with %s is not read',
    async (encoding) => {
      await expect(
        get((socket) => socket.write(`${ok}content-encoding: ${encoding}\r\n\r\n`)),
      ).rejects.toThrow('the answer is compressed');
    },
  );

  it('of another status is not read, whatever it has', async () => {
    const answer = await get((socket) =>
      socket.write(`HTTP/1.1 404 Not Found\r\ncontent-length: 99999\r\n\r\n${'x'.repeat(5000)}`),
    );
    expect(answer).toMatchObject({ status: 404, body: '' });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['does not come', () => undefined],
    ['is announced again and again', (socket) => drip(socket, 'HTTP/1.1 102 Processing\r\n\r\n')],
    ['has headers that do not end', (socket) => drip(socket, 'x: y\r\n', ok)],
    ['has a body that does not end', (socket) => drip(socket, ' ', `${ok}\r\n`)],
    [
      'becomes another protocol',
      (socket) =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
        ),
    ],
    ['is cut off', (socket) => socket.end(`${ok}content-length: 9\r\n\r\n{}`)],
    ['is no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
    ['is closed', (socket) => socket.end()],
    ['is reset', (socket) => socket.resetAndDestroy()],
    [
      'has headers of 9 KB',
      (socket) => socket.end(`${ok}content-length: 2\r\nx: ${'y'.repeat(9000)}\r\n\r\n{}`),
    ],
    [
      'has two lengths',
      (socket) => socket.write(`${ok}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
    ],
  ])('that %s is given up', async (_what, behave) => {
    await expect(get(behave)).rejects.toThrow();
  });
});
