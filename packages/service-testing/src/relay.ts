import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A road to a server that can be closed and blocked. */
export interface Relay {
  /** The address of the server, with this relay in place of its host. */
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Lets connections through again. */
  mend(): Promise<void>;
  /** Swallows what the server sends, while connections stay open. */
  stall(): void;
  /** Passes everything on again. */
  flow(): void;
  close(): Promise<void>;
}

/** Stands between a store and its server, on loopback. */
export async function startRelay(target: string): Promise<Relay> {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  let stalled = false;
  const server = createServer((near) => {
    const far = connect(Number(url.port), url.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    near.on('close', () => far.destroy()).on('data', (bytes) => far.write(bytes));
    far.on('close', () => near.destroy()).on('data', (bytes) => stalled || near.write(bytes));
  });
  const listen = async (port: number) => {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  };
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const road = new URL(target);
  road.host = `127.0.0.1:${port}`;
  return {
    url: road.href,
    cut,
    mend: () => listen(port),
    stall: () => {
      stalled = true;
    },
    flow: () => {
      stalled = false;
    },
    close: cut,
  };
}
