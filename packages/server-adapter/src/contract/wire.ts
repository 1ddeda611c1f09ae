import { connect, type Socket } from 'node:net';
import type { Host } from './hosts.js';

/** A client that writes bytes of its own. */
export interface Wire {
  write(bytes: string): void;
  /** All that has come so far, once it holds the text or the server has closed. */
  until(text: string): Promise<string>;
  /** All that came until the server closed. */
  rest(): Promise<string>;
  close(): void;
}

/** Opens a connection to a host. It is the case's to close, or the server's. */
export function openWire(host: Host): Wire {
  const { hostname, port } = new URL(host.url);
  const socket: Socket = connect(Number(port), hostname);
  let got = '';
  let closed = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  socket.on('data', (chunk: Buffer) => {
    got += chunk.toString();
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
    wake();
  });
  const when = (ready: () => boolean) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!ready() && !closed) return;
        waiting.delete(look);
        resolve(got);
      };
      waiting.add(look);
      look();
    });
  return {
    write: (bytes) => void socket.write(bytes),
    until: (text) => when(() => got.includes(text)),
    rest: () => when(() => false),
    close: () => void socket.destroy(),
  };
}

/** The status of each answer on a connection, those of `100 Continue` too. */
export function statusesOf(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
