import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, header lines as they go over the wire: a name may come twice. */
export interface Sent {
  readonly method: string;
  /** Default: the endpoint's. */
  readonly path?: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | undefined;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

export function sendOverHttp(port: number, sent: Sent): Promise<Received> {
  const { method, path = '/mcp', headers, body } = sent;
  return new Promise((resolve, reject) => {
    const named = headers.some(([name]) => name.toLowerCase() === 'host');
    const lines = [...(named ? [] : [['Host', `127.0.0.1:${port}`] as const]), ...headers].flat();
    const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: [...lines, ...length], setHost: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const received = new Headers();
          for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
            received.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '');
          }
          const text = Buffer.concat(chunks).toString();
          resolve({ status: incoming.statusCode ?? 0, headers: received, text });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
