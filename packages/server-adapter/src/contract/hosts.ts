import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeIssuer } from '@portcullis/core/testing';
import express from 'express';
import { toExpress } from '../express/index.js';
import type { McpAuthOptions, McpEndpoint, ProtectedHandler, SdkGeneration } from '../index.js';
import { toNodeListener } from '../node/index.js';
import { createFixture, type Fixture, type FixtureScope } from './fixture.js';
import { endpointV1, endpointV2 } from './servers.js';

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

/** A running server of one kind. */
export interface Host extends Fixture {
  /** The endpoint without its gate, to compare answers with. */
  readonly bare: McpEndpoint;
  readonly url: string;
  send(sent: Sent): Promise<Received>;
  close(): Promise<void>;
}

type StartHost = (
  issuer: FakeIssuer,
  options?: Parameters<typeof createFixture>[2],
) => Promise<Host>;

export interface HostKind {
  readonly name: string;
  readonly sdk: SdkGeneration;
  readonly network: boolean;
  readonly start: StartHost;
}

const endpoints: Readonly<Record<SdkGeneration, (fixture: Fixture) => McpEndpoint>> = {
  v1: endpointV1,
  v2: endpointV2,
};

/** All hosts that this suite is run on. */
export const hosts: readonly HostKind[] = [
  { name: 'v2 fetch', sdk: 'v2', network: false, start: overFetch('v2') },
  { name: 'v2 Express', sdk: 'v2', network: true, start: overHttp('v2', onExpress) },
  { name: 'v2 node:http', sdk: 'v2', network: true, start: overHttp('v2', createNode) },
  { name: 'v1 fetch', sdk: 'v1', network: false, start: overFetch('v1') },
  { name: 'v1 Express', sdk: 'v1', network: true, start: overHttp('v1', onExpress) },
  { name: 'v1 node:http', sdk: 'v1', network: true, start: overHttp('v1', createNode) },
];

function createNode(handler: ProtectedHandler): Server {
  return createServer(toNodeListener(handler));
}

function onExpress(handler: ProtectedHandler): Server {
  const app = express();
  app.use(toExpress(handler));
  app.get('/hello', (_request, response) => {
    response.send('not ours');
  });
  return createServer(app);
}

function overFetch(sdk: SdkGeneration): StartHost {
  return async (issuer, options) => {
    const url = 'http://127.0.0.1:4321/mcp';
    const fixture = createFixture(issuer, url, options);
    const bare = endpoints[sdk](fixture);
    const handler = fixture.auth.protect(bare, { sdk });
    return {
      ...fixture,
      bare,
      url,
      async send({ method, path = '/mcp', headers, body }) {
        const lines = new Headers();
        for (const [name, value] of headers) lines.append(name, value);
        const request = new Request(new URL(path, url), {
          method,
          headers: lines,
          ...(body === undefined ? {} : { body }),
        });
        const response = await handler(request);
        return {
          status: response.status,
          headers: response.headers,
          text: await response.text(),
        };
      },
      close: async () => {},
    };
  };
}

function overHttp(sdk: SdkGeneration, serve: (handler: ProtectedHandler) => Server): StartHost {
  return async (issuer, options) => {
    // The port is part of the resource's name, so it has to be known before there is anything to serve.
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const fixture = createFixture(issuer, url, options);
    const bare = endpoints[sdk](fixture);
    const server = serve(fixture.auth.protect(bare, { sdk }));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return {
      ...fixture,
      bare,
      url,
      send: (sent) => sendOverHttp(port, sent),
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function sendOverHttp(port: number, sent: Sent): Promise<Received> {
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

export type FixtureOptions = Partial<McpAuthOptions<FixtureScope>>;
