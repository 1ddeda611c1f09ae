import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address in front of several instances. */
export interface Balancer {
  readonly url: string;
  /** The ports of the instances: the next request goes to the first one, which then moves to the end. */
  readonly ports: number[];
  /** Told of each request as it leaves for an instance. */
  onForward: (path: string, port: number) => void;
  close(): Promise<void>;
}

/** Hands each request to the next instance, whoever sent it. One that does not listen is passed over; what breaks later is a 502. */
export async function startBalancer(): Promise<Balancer> {
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    forward(incoming, Buffer.concat(chunks), response);
  });

  function forward(incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const port = balancer.ports.shift();
    if (port === undefined) return void response.writeHead(503).end();
    balancer.ports.push(port);
    const { method, url: path = '/', headers } = incoming;
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.on('error', () => response.destroy()).pipe(response);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') {
        const at = balancer.ports.indexOf(port);
        if (at !== -1) balancer.ports.splice(at, 1);
        forward(incoming, body, response);
      } else if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    outgoing.end(body, () => balancer.onForward(path, port));
  }

  await once(server.listen(0, '127.0.0.1'), 'listening');
  const balancer: Balancer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ports: [],
    onForward: () => {},
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return balancer;
}
