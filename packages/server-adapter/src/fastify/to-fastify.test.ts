import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerOptions,
} from 'fastify';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createFixture, type Fixture } from '../contract/fixture.js';
import { freePort } from '../contract/over-http.js';
import { endpointV2 } from '../contract/servers.js';
import type { McpEndpoint, ProtectedHandler } from '../index.js';
import { toFastify } from './index.js';

let issuer: FakeIssuer;
let app: FastifyInstance;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});
afterEach(() => app.close());
afterAll(() => issuer.close());

interface Setting {
  readonly path?: string;
  readonly endpoint?: McpEndpoint;
  readonly options?: FastifyServerOptions;
}

/** An app with a protected endpoint and whatever a case mounts around it. */
async function serve(
  mount: (app: FastifyInstance, handler: ProtectedHandler) => void,
  { path = '/mcp', endpoint, options = {} }: Setting = {},
): Promise<{ fixture: Fixture; url: string }> {
  app = fastify({ forceCloseConnections: true, ...options });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}${path}`;
  const fixture = createFixture(issuer, url);
  mount(app, fixture.auth.protect(endpoint ?? endpointV2(fixture)));
  await app.listen({ host: '127.0.0.1', port });
  return { fixture, url };
}

async function call(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const token = await issuer.mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] });
  return fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"weather","arguments":{}}}',
  });
}

it('reads no body before the gate: neither a parser of the app nor its bodyLimit has a say (RS-77)', async () => {
  const parsed: string[] = [];
  const { fixture, url } = await serve(
    (app, handler) => {
      app.addContentTypeParser(
        'application/json',
        { parseAs: 'string' },
        (request, _body, done) => {
          parsed.push(request.url);
          done(null, {});
        },
      );
      app.addHook('preParsing', async (request) => void parsed.push(request.url));
      app.register(toFastify(handler));
      app.post('/hello', async () => 'not ours');
    },
    { options: { bodyLimit: 10 } },
  );
  expect((await call(url)).status).toBe(200);
  expect((await call(url, { 'content-type': 'no media type' })).status).toBe(415);
  expect((await call(url, { authorization: '' })).status).toBe(401);
  expect([fixture.ran, parsed]).toEqual([['weather'], []]);
  const foreign = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  expect(await (await fetch(new URL('/hello', url), foreign)).text()).toBe('not ours');
  expect(parsed).toEqual(['/hello', '/hello']);
});

it('is seen by hooks before and after, and goes past those that would change the answer', async () => {
  const seen: unknown[] = [];
  const { url } = await serve((app, handler) => {
    app.addHook('onRequest', async (request, reply) => {
      seen.push(['onRequest', request.routeOptions.url]);
      reply.header('x-of-a-hook', 'kept');
    });
    app.addHook('onSend', async () => 'changed');
    app.addHook('onResponse', async (_request, reply) => {
      seen.push(['onResponse', reply.statusCode]);
    });
    app.register(toFastify(handler));
  });
  const served = await call(url);
  expect(served.headers.get('x-of-a-hook')).toBe('kept');
  expect(await served.text()).toContain('"text":"weather"');
  expect((await call(url, { authorization: '' })).status).toBe(401);
  await expect
    .poll(() => seen)
    .toEqual([
      ['onRequest', '/mcp'],
      ['onResponse', 200],
      ['onRequest', '/mcp'],
      ['onResponse', 401],
    ]);
});

it('lets hooks that a plugin gives to every route go first, as those that limit rates do (ATK-91)', async () => {
  const { fixture, url } = await serve((app, handler) => {
    app.addHook('onRoute', (route) => {
      const limit = async (_request: unknown, reply: FastifyReply) =>
        reply.code(429).send('slow down');
      route.onRequest = [...[route.onRequest ?? []].flat(), limit];
    });
    app.register(toFastify(handler));
  });
  const document = new URL('/.well-known/oauth-protected-resource/mcp', url);
  expect([(await call(url)).status, (await fetch(document)).status]).toEqual([429, 429]);
  expect([fixture.ran, fixture.sink.events]).toEqual([[], []]);
});

it('leaves nobody without an answer when a hook has set a header that Node cannot send', async () => {
  const lines: { msg: string }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const { url } = await serve(
    (app, handler) => {
      app.addHook('onRequest', async (_request, reply) => void reply.header('x-odd', 'a\u0001b'));
      app.register(toFastify(handler));
    },
    { options: { logger: { stream } } },
  );
  expect((await call(url)).status).toBe(500);
  expect(lines.map(({ msg }) => msg)).toContain('The answer of the MCP endpoint broke off');
});

it('adds to what hooks have said about caches', async () => {
  const { url } = await serve((app, handler) => {
    app.addHook('onRequest', async (_request, reply) => void reply.header('Vary', 'Cookie'));
    app.register(toFastify(handler));
  });
  expect((await call(url)).headers.get('vary')).toBe('Cookie, Origin');
});

it('writes the request, its status and what the endpoint threw to the log, each once', async () => {
  const lines: { msg: string; err?: { message: string }; res?: { statusCode: number } }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const { url } = await serve((app, handler) => void app.register(toFastify(handler)), {
    endpoint: () => Promise.reject(new Error('The endpoint broke.')),
    options: { logger: { stream } },
  });
  expect((await call(url)).status).toBe(500);
  const of = (text: string) => lines.filter(({ msg }) => msg === text);
  await expect.poll(() => of('request completed')).toMatchObject([{ res: { statusCode: 500 } }]);
  expect(of('The MCP endpoint threw')).toMatchObject([{ err: { message: 'The endpoint broke.' } }]);
  expect(of('incoming request')).toHaveLength(1);
});

it('leaves what is not the endpoint’s to the error handler of the app', async () => {
  const thrown: unknown[] = [];
  const { url } = await serve((app, handler) => {
    app.setErrorHandler((error, _request, reply) => {
      thrown.push(error);
      return reply.code(418).send('theirs');
    });
    app.server.prependListener('request', (request) => {
      request.rawHeaders.push('X-Lenient', 'a\u0000b');
    });
    app.register(toFastify(handler));
  });
  const answer = await call(url);
  expect([answer.status, await answer.text(), thrown]).toEqual([
    418,
    'theirs',
    [expect.any(TypeError)],
  ]);
});

it('answers at its exact path, however lax the router is', async () => {
  const { fixture, url } = await serve(
    (app, handler) => {
      app.register(toFastify(handler));
      app.setNotFoundHandler((_request, reply) => reply.code(404).send('theirs'));
    },
    {
      options: {
        routerOptions: {
          caseSensitive: false,
          ignoreTrailingSlash: true,
          ignoreDuplicateSlashes: true,
        },
      },
    },
  );
  for (const path of ['/MCP', '/mcp/', '//mcp', '/.well-known/oauth-protected-resource/mcp/']) {
    const answer = await fetch(new URL(url).origin + path);
    expect([path, answer.status, await answer.text()]).toEqual([path, 404, 'theirs']);
  }
  expect((await call(url)).status).toBe(200);
  expect(fixture.sink.events).toHaveLength(2);
});

it('is done with a request whose client hung up: nothing of the app takes it from there', async () => {
  const taken: string[] = [];
  const body = new ReadableStream();
  const headers = { 'content-type': 'text/event-stream' };
  const { fixture, url } = await serve(
    (app, handler) => {
      app.addHook('preParsing', async ({ url }) => void taken.push(url));
      app.addHook('onError', async ({ url }) => void taken.push(url));
      app.register(toFastify(handler));
    },
    { endpoint: async () => new Response(body, { headers }) },
  );
  await (await call(url)).body?.cancel();
  await expect.poll(() => fixture.sink.events).toHaveLength(2);
  await app.close();
  expect(taken).toEqual([]);
});

it.each(['/a:b', '/a%20b', '/%C3%BC', '/', '/v1/mcp'])('serves a resource at %s', async (path) => {
  const { fixture, url } = await serve((app, handler) => void app.register(toFastify(handler)), {
    path,
  });
  expect([(await call(url)).status, fixture.ran]).toEqual([200, ['weather']]);
  const well = new URL(`/.well-known/oauth-protected-resource${path === '/' ? '' : path}`, url);
  expect(await (await fetch(well)).json()).toMatchObject({
    resource: fixture.auth.gate.resource,
  });
});

it('does not start under a prefix, where nobody would find its document', async () => {
  app = fastify();
  const { auth } = createFixture(issuer, 'http://127.0.0.1:4321/api/mcp');
  const handler = auth.protect(async () => new Response());
  app.register(toFastify(handler), { prefix: '/api' });
  await expect(app.ready()).rejects.toThrow('"prefix" is "/api", but a metadata document');
});

it.each(['/a%2Fb', '/a%FF', '/a*', '/*/b'])('says at once that Fastify cannot route %s', (path) => {
  const { auth } = createFixture(issuer, `http://127.0.0.1:4321${path}`);
  const handler = auth.protect(async () => new Response());
  expect(() => toFastify(handler)).toThrow('which Fastify cannot route');
  app = fastify();
});
