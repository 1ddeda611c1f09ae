import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type Http2Server,
} from 'node:http2';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import fastify from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toSent } from '../contract/calls.js';
import { createFixture } from '../contract/fixture.js';
import { freePort } from '../contract/over-http.js';
import { endpointV2 } from '../contract/servers.js';
import { toFastify } from '../fastify/index.js';
import type { McpEndpoint, ProtectedHandler } from '../index.js';
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

type OnError = (error: unknown) => void;
type Serve = (handler: ProtectedHandler, onError: OnError) => Http2Server | Promise<Http2Server>;
const hosts: Readonly<Record<string, Serve>> = {
  // Node's types keep the two versions apart; its objects are made to be used alike.
  'node:http2': (handler, onError) => createServer(toNodeListener(handler, { onError }) as never),
  Fastify: async (handler, onError) => {
    const write = (line: string) => {
      const { level, msg } = JSON.parse(line);
      if (level >= 50) onError(msg);
    };
    const app = fastify({ http2: true, logger: { stream: { write } } });
    app.register(toFastify(handler) as never);
    await app.ready();
    return app.server;
  },
};

describe.each(Object.entries(hosts))('HTTP/2 on %s', (_name, serve) => {
  async function start(endpoint?: McpEndpoint) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const fixture = createFixture(issuer, url);
    const errors: unknown[] = [];
    server = await serve(
      fixture.auth.protect(endpoint ?? endpointV2(fixture)),
      (error) => void errors.push(error),
    );
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    session = connect(`http://127.0.0.1:${port}`);
    const token = await issuer.mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] });
    const params = { name: 'weather', arguments: {} };
    const { headers, body } = toSent({ era: 'legacy', method: 'tools/call', params, token });
    const open = (odd: Readonly<Record<string, string>> = {}) => {
      const lines = { ...Object.fromEntries(headers), ...odd };
      return session.request({ ':method': 'POST', ':path': '/mcp', ...lines }).end(body);
    };
    const ask = (odd?: Readonly<Record<string, string>>) =>
      new Promise<readonly [unknown, string]>((resolve, reject) => {
        const stream = open(odd);
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
      });
    return { fixture, open, ask, errors };
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

  it('lets no path choose a host, also under a scheme whose paths nobody checks (RS-12, ATK-83)', async () => {
    const { ask, errors } = await start();
    for (const path of ['mailto:.evil.example/mcp', 'x:@evil.example/mcp', 'x://', '*']) {
      const [status] = await ask({ ':scheme': 'x', ':path': path });
      expect([path, status]).toEqual([path, 404]);
    }
    expect(errors).toEqual([]);
  });

  it('tells a handler whose client gave up its stream, and nobody else (ATK-91)', async () => {
    let told = 0;
    const { fixture, open, errors } = await start(({ signal }) => {
      call.close(constants.NGHTTP2_CANCEL);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          told += 1;
          reject(signal.reason);
        });
      });
    });
    const call = open().on('error', () => {});
    await expect.poll(() => fixture.sink.events).toHaveLength(2);
    expect(fixture.sink.events[1]).toMatchObject({ kind: 'completion', outcome: 'unknown' });
    expect([told, fixture.auth.health().open, errors]).toEqual([1, 0, []]);
  });

  it('tells nobody of clients that give up at once, however many (ATK-91)', async () => {
    const { fixture, open, errors } = await start();
    for (let times = 0; times < 20; times += 1) {
      open()
        .on('error', () => {})
        .close(constants.NGHTTP2_CANCEL);
    }
    await expect.poll(() => fixture.sink.events).toHaveLength(20);
    expect(fixture.sink.events[19]).toMatchObject({ outcome: 'denied', reason: 'protocol_32700' });
    expect([fixture.ran, errors]).toEqual([[], []]);
  });

  it('lets an event stream go whose client gave it up, and tells nobody of it (ATK-91)', async () => {
    let cancelled = 0;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: {}\n\n')),
      cancel: () => {
        cancelled += 1;
      },
    });
    const headers = { 'content-type': 'text/event-stream' };
    const { fixture, open, errors } = await start(async () => new Response(body, { headers }));
    const stream = open();
    stream.on('error', () => {}).on('data', () => stream.close(constants.NGHTTP2_CANCEL));
    await expect.poll(() => fixture.sink.events).toHaveLength(2);
    await expect.poll(() => cancelled).toBe(1);
    expect(errors).toEqual([]);
  });
});
