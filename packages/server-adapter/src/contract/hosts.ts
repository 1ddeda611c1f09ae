import { createServer, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { FakeIssuer } from '@portcullis/core/testing';
import express, { type ErrorRequestHandler } from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { toExpress } from '../express/index.js';
import { toFastify } from '../fastify/index.js';
import { toHono } from '../hono/index.js';
import {
  byPath,
  type McpAuthOptions,
  type McpEndpoint,
  type ProtectedHandler,
  type SdkGeneration,
} from '../index.js';
import { toNodeListener } from '../node/index.js';
import { createFixture, type Fixture, type FixtureScope } from './fixture.js';
import { freePort, type Received, type Sent, sendOverHttp } from './over-http.js';
import { endpointV1, endpointV2 } from './servers.js';

export type { Received, Sent } from './over-http.js';

/** A running server of one kind. */
export interface Host extends Fixture {
  /** The endpoint without its gate, to compare answers with. */
  readonly bare: McpEndpoint;
  readonly url: string;
  /** A second resource on the same server, at `/other`. */
  readonly neighbour: Fixture & { readonly url: string };
  /** What the endpoint threw, as this kind of host is told of it. */
  readonly errors: readonly unknown[];
  send(sent: Sent): Promise<Received>;
  /** Where requests go over a socket. */
  readonly server?: Server;
  /** As a client of the platform's `fetch` sends it: the answer's body is still open. */
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

export type FixtureOptions = Partial<McpAuthOptions<FixtureScope>>;
type StartHost = (
  issuer: FakeIssuer,
  options?: FixtureOptions,
  endpoint?: McpEndpoint,
  how?: { readonly sessions?: boolean },
) => Promise<Host>;

export interface HostKind {
  readonly name: string;
  readonly sdk: SdkGeneration;
  readonly network: boolean;
  readonly start: StartHost;
}

type OnError = (error: unknown) => void;
type Fetch = (request: Request) => Response | Promise<Response>;
type ServeFetch = (handlers: readonly ProtectedHandler[], onError: OnError) => Fetch;
type ServeHttp = (
  handlers: readonly ProtectedHandler[],
  onError: OnError,
) => Server | Promise<Server>;

const endpoints: Readonly<Record<SdkGeneration, (fixture: Fixture) => McpEndpoint>> = {
  v1: endpointV1,
  v2: endpointV2,
};

/** All hosts that this suite is run on. */
export const hosts: readonly HostKind[] = (['v2', 'v1'] as const).flatMap((sdk) => [
  { name: `${sdk} fetch`, sdk, network: false, start: overFetch(sdk, plainFetch) },
  {
    name: `${sdk} Hono`,
    sdk,
    network: false,
    start: overFetch(sdk, (...given) => hono(...given).fetch),
  },
  { name: `${sdk} node:http`, sdk, network: true, start: overHttp(sdk, onNode) },
  { name: `${sdk} Express`, sdk, network: true, start: overHttp(sdk, onExpress) },
  { name: `${sdk} Hono on Node`, sdk, network: true, start: overHttp(sdk, onHono) },
  { name: `${sdk} Fastify`, sdk, network: true, start: overHttp(sdk, onFastify) },
]);

function plainFetch([first, ...others]: readonly ProtectedHandler[], onError: OnError): Fetch {
  const handler = byPath(first as ProtectedHandler, ...others);
  return (request) => handler.handle(request, { onError });
}

function hono(handlers: readonly ProtectedHandler[], onError: OnError): Hono {
  const app = new Hono();
  for (const handler of handlers) app.use(toHono(handler, { onError }));
  app.get('/hello', (c) => c.text('not ours'));
  return app;
}

function onHono(handlers: readonly ProtectedHandler[], onError: OnError): Server {
  const { fetch } = hono(handlers, onError);
  // Else every other host in this process would get its classes.
  return createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
}

function onNode([first, ...others]: readonly ProtectedHandler[], onError: OnError): Server {
  return createServer(toNodeListener(byPath(first as ProtectedHandler, ...others), { onError }));
}

function onExpress(handlers: readonly ProtectedHandler[], onError: OnError): Server {
  const app = express();
  for (const handler of handlers) app.use(toExpress(handler));
  app.get('/hello', (_request, response) => {
    response.send('not ours');
  });
  app.use(((error, _request, response, _next) => {
    onError(error);
    if (!response.headersSent) response.status(500).end();
  }) satisfies ErrorRequestHandler);
  return createServer(app);
}

async function onFastify(handlers: readonly ProtectedHandler[], onError: OnError): Promise<Server> {
  const app = fastify();
  app.addHook('onError', async (_request, _reply, error) => onError(error));
  for (const handler of handlers) app.register(toFastify(handler));
  app.get('/hello', async () => 'not ours');
  await app.ready();
  return app.server;
}

function createHost(sdk: SdkGeneration, url: string, given: Parameters<StartHost>) {
  const [issuer, options, endpoint, how] = given;
  const fixture = createFixture(issuer, url, options);
  const bare = endpoint ?? endpoints[sdk](fixture);
  const otherUrl = new URL('/other', url).href;
  const other = createFixture(issuer, otherUrl, options);
  const handlers = [
    fixture.auth.protect(bare, { sdk, ...how }),
    other.auth.protect(endpoint ?? endpoints[sdk](other), { sdk, ...how }),
  ];
  const errors: unknown[] = [];
  const onError: OnError = (error) => void errors.push(error);
  const host = { ...fixture, bare, url, neighbour: { ...other, url: otherUrl }, errors };
  return { host, handlers, onError };
}

function overFetch(sdk: SdkGeneration, serve: ServeFetch): StartHost {
  return async (...given) => {
    const url = 'http://127.0.0.1:4321/mcp';
    const { host, handlers, onError } = createHost(sdk, url, given);
    const handle = serve(handlers, onError);
    return {
      ...host,
      async send({ method, path = '/mcp', headers, body }) {
        const lines = new Headers();
        for (const [name, value] of headers) lines.append(name, value);
        const request = new Request(new URL(path, url), {
          method,
          headers: lines,
          ...(body === undefined ? {} : { body }),
        });
        const response = await handle(request);
        return {
          status: response.status,
          headers: response.headers,
          text: await response.text(),
        };
      },
      fetch: async (...init) => handle(new Request(...init)),
      close: async () => {},
    };
  };
}

function overHttp(sdk: SdkGeneration, serve: ServeHttp): StartHost {
  return async (...given) => {
    // The port is part of the resource's name, so it has to be known before there is anything to serve.
    const port = await freePort();
    const { host, handlers, onError } = createHost(sdk, `http://127.0.0.1:${port}/mcp`, given);
    const server = await serve(handlers, onError);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return {
      ...host,
      server,
      send: (sent) => sendOverHttp(port, sent),
      fetch,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  };
}
