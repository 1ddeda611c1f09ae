import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import fastify from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toSent } from '../contract/calls.js';
import { createFixture } from '../contract/fixture.js';
import { freePort } from '../contract/over-http.js';
import { endpointV2 } from '../contract/servers.js';
import { toFastify } from '../fastify/index.js';
import type { ProtectedHandler } from '../index.js';
import { toNodeListener } from './index.js';

let issuer: FakeIssuer;
let server: Http2Server;
let session: ClientHttp2Session;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});
afterEach(() => {
  session.destroy();
  server.close();
});
afterAll(() => issuer.close());

type Serve = (handler: ProtectedHandler) => Http2Server | Promise<Http2Server>;
const hosts: Readonly<Record<string, Serve>> = {
  // Node's types keep the two versions apart; its objects are made to be used alike.
  'node:http2': (handler) => createServer(toNodeListener(handler) as never),
  Fastify: async (handler) => {
    const app = fastify({ http2: true });
    app.register(toFastify(handler) as never);
    await app.ready();
    return app.server;
  },
};

describe.each(Object.entries(hosts))('HTTP/2 on %s', (_name, serve) => {
  async function start() {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const fixture = createFixture(issuer, url);
    server = await serve(fixture.auth.protect(endpointV2(fixture)));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    session = connect(`http://127.0.0.1:${port}`);
    const token = await issuer.mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] });
    const params = { name: 'weather', arguments: {} };
    const { headers, body } = toSent({ era: 'legacy', method: 'tools/call', params, token });
    const ask = (odd: Readonly<Record<string, string>> = {}) =>
      new Promise<readonly [unknown, string]>((resolve, reject) => {
        const lines = { ...Object.fromEntries(headers), ...odd };
        const stream = session.request({ ':method': 'POST', ':path': '/mcp', ...lines });
        let status: unknown;
        let text = '';
        stream.on('response', (received) => {
          status = received[':status'];
        });
        stream.on('data', (chunk) => {
          text += chunk;
        });
        stream.on('end', () => resolve([status, text]));
        stream.on('error', reject);
        stream.end(body);
      });
    /** Sends a request that its client gives up as soon as it is told to. */
    const leave = (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const lines = { ':method': 'POST', ':path': '/mcp', ...Object.fromEntries(headers) };
        const stream = session.request(lines, { signal });
        stream.on('error', () => {});
        stream.on('close', resolve);
        stream.end(body);
      });
    return { fixture, ask, leave, errors };
  }

  it('serves event streams and challenges', async () => {
    const { fixture, ask } = await start();
    expect(await ask()).toEqual([200, expect.stringContaining('"text":"weather"')]);
    expect((await ask({ Authorization: 'Bearer nonsense' }))[0]).toBe(401);
    expect(fixture.ran).toEqual(['weather']);
  });

  it('takes :authority for the Host that it is (RS-100, ATK-83)', async () => {
    const { fixture, ask } = await start();
    expect((await ask({ ':authority': 'evil.example' }))[0]).toBe(403);
    const own = new URL(fixture.auth.gate.resource).host;
    expect((await ask({ ':authority': 'evil.example', host: own }))[0]).toBe(403);
    expect(fixture.ran).toEqual([]);
  });
});
