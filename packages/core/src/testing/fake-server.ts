import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { type LoggedRequest, logEntry } from './request-log.js';
import { type ServerFault, sendFault } from './server-fault.js';
import { MAX_BODY, toWebRequest, writeWebResponse } from './web-http.js';

/** The parts of an issuer that break one by one. */
export type FakeArea = 'metadata' | 'keys' | 'token' | 'other';

/** What {@link startFakeServer} serves. */
export interface FakeServerOptions {
  /** Answers each request whose area is whole. The URL is absolute, the body was read already. */
  handle(request: Request): Response | Promise<Response>;
  /** The area that a path belongs to. */
  areaOf(pathname: string): FakeArea;
  /**
   * Makes the server that takes the connections, for one that speaks more than HTTP/1.1 on its port. It hands every
   * HTTP request, of Node's HTTP/2 compatibility interface too, to `answer`. Default: `http.createServer`.
   */
  listen?(answer: RequestListener): Server;
  /** The port of 127.0.0.1. Default: a free one. */
  readonly port?: number;
}

/** A real HTTP server on loopback, with faults to switch on. */
export interface FakeServer {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** The last 1,000 requests, oldest first, those that a fault met too. */
  readonly requests: readonly LoggedRequest[];
  /** Requests that reached an area so far. */
  count(area: FakeArea): number;
  /** Redirects of the fault `redirect` that somebody followed. */
  readonly redirected: number;
  /** Breaks one area, or all of them. A later fault of an area replaces the earlier one. */
  breakWith(fault: ServerFault, area?: FakeArea): void;
  /** Ends all faults. Requests that hang stay without an answer. */
  repair(): void;
  /** Ends the connections too. */
  close(): Promise<void>;
}

const AREAS: readonly FakeArea[] = ['metadata', 'keys', 'token', 'other'];
const MAX_LOG = 1000;

/**
 * Serves one function on a port of 127.0.0.1. A body beyond 64 KiB is answered 413; a handler that throws, 500
 * with its message.
 *
 * Does NOT speak TLS, and checks no `Host`: it is for tests and for development on one machine.
 */
export async function startFakeServer(options: FakeServerOptions): Promise<FakeServer> {
  const { handle, areaOf, port = 0, listen = (answer) => createServer(answer) } = options;
  const counts = new Map<FakeArea, number>();
  const faults = new Map<FakeArea, ServerFault>();
  const requests: LoggedRequest[] = [];
  let redirected = 0;

  const answer: RequestListener = async (incoming, outgoing) => {
    const { pathname, searchParams } = new URL(`${origin}${incoming.url}`);
    const request = await toWebRequest(incoming, origin);
    const area = areaOf(pathname);
    counts.set(area, count(area) + 1);
    if (!request) {
      await writeWebResponse(outgoing, new Response(`At most ${MAX_BODY} bytes.`, { status: 413 }));
      return;
    }
    requests.push(await logEntry(request, area));
    if (requests.length > MAX_LOG) requests.shift();

    const followed = searchParams.has('redirected');
    if (followed) redirected += 1;
    const fault = followed ? undefined : faults.get(area);
    const whole = async () => {
      try {
        return await handle(request);
      } catch (error) {
        return new Response(`The handler failed: ${String(error)}`, { status: 500 });
      }
    };
    if (fault === undefined) await writeWebResponse(outgoing, await whole());
    else await sendFault(outgoing, fault, { area, pathname, whole });
  };

  const count = (area: FakeArea): number => counts.get(area) ?? 0;
  const server = listen((incoming, outgoing) => {
    // A client that hangs up while we read or write has nobody to be told.
    Promise.resolve(answer(incoming, outgoing)).catch(() => incoming.socket.destroy());
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    requests,
    count,
    get redirected() {
      return redirected;
    },
    breakWith(fault, area) {
      for (const each of area === undefined ? AREAS : [area]) faults.set(each, fault);
    },
    repair: () => faults.clear(),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
