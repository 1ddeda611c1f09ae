import type { Socket } from 'node:net';
import type { Host } from './hosts.js';

/**
 * Counts the connections that carry or carried a request from now on, and are open. Not those without one: the `fetch` of Node 22 opens
 * another for each that it broke off.
 */
export function openSockets({ server }: Host): () => number {
  const sockets = new Set<Socket>();
  server?.on('request', ({ socket }) => sockets.add(socket));
  return () => [...sockets].filter(({ destroyed }) => !destroyed).length;
}
