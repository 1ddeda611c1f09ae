import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type Server } from 'node:net';

/**
 * HTTP/1.1 and HTTP/2 without TLS on one port, told apart by their first bytes (RFC 9113 §3.4).
 * Scalekit's SDK speaks the first for tokens and keys, the second for everything else.
 *
 * @param answer - Gets what came over HTTP/1.1.
 * @param answerHttp2 - Gets what came over HTTP/2.
 */
export function twoProtocols(answer: RequestListener, answerHttp2: RequestListener): Server {
  const http1 = createHttpServer(answer);
  const http2 = createHttp2Server((request, response) => {
    // Node's compatibility interface: the same members, other classes.
    answerHttp2(request as never, response as never);
  });
  // A client that goes away in the middle has nobody to be told.
  http2.on('sessionError', () => undefined);

  return createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (first === null) return;
      socket.unshift(first);
      const server = first.subarray(0, 3).toString() === 'PRI' ? http2 : http1;
      server.emit('connection', socket);
    });
  });
}
