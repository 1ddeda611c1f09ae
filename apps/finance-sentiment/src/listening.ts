import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** By server, the connections on which nobody has asked anything yet: browsers and load balancers keep some in store. */
const unused = new WeakMap<Server, Set<Socket>>();

/**
 * Opens the server's port. Port 0 takes any free one.
 *
 * @returns The port.
 * @throws The system's error, with `code` `EADDRINUSE` when another program has the port.
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  const sockets = new Set<Socket>();
  unused.set(server, sockets);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', ({ socket }) => sockets.delete(socket));
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Takes no more requests, waits for those that run, and cuts what is left after `graceMs`. */
export async function stop(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  // Node counts them as busy.
  for (const socket of unused.get(server) ?? []) socket.destroy();
  // Again and again: a connection that has just been answered would stay open for its next request.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(timer);
}
