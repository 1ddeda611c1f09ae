import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { ProtectedHandler } from '@portcullis/server-adapter';
import { toExpress } from '@portcullis/server-adapter/express';
import { toFastify } from '@portcullis/server-adapter/fastify';
import { toHono } from '@portcullis/server-adapter/hono';
import { toNodeListener } from '@portcullis/server-adapter/node';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';

/** Serves a handler on one kind of host. */
export type Serve = (handler: ProtectedHandler) => Server | Promise<Server>;

/** Every kind of host that listens on a socket. */
export const hosts: Readonly<Record<string, Serve>> = {
  'node:http': (handler) => createServer(toNodeListener(handler)),
  Express: (handler) => createServer(express().use(toExpress(handler))),
  Hono(handler) {
    const { fetch } = new Hono().use(toHono(handler));
    // Else every other host in this process would get its classes.
    return createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  },
  async Fastify(handler) {
    const app = fastify();
    app.register(toFastify(handler));
    await app.ready();
    return app.server;
  },
};

/** Listens on the port that a handler was made for, which is part of its name. */
export async function listen(
  serve: Serve,
  handlerFor: (url: string) => ProtectedHandler,
): Promise<{ readonly url: string; close(): void }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const server = await serve(handlerFor(url));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
