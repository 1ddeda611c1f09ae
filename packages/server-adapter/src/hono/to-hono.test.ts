import { type ServerType, serve } from '@hono/node-server';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { toSent } from '../contract/calls.js';
import { createFixture, type Fixture } from '../contract/fixture.js';
import { freePort, sendOverHttp } from '../contract/over-http.js';
import { endpointV2 } from '../contract/servers.js';
import type { McpEndpoint, ProtectedHandler } from '../index.js';
import { toHono } from './index.js';

let issuer: FakeIssuer;
let server: ServerType | undefined;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});
afterEach(() => server?.close());
afterAll(() => issuer.close());

/** As everybody starts it: with the package's own Request and Response in place of the platform's. */
async function start(
  mount: (app: Hono, handler: ProtectedHandler) => void,
  endpoint?: McpEndpoint,
): Promise<{ fixture: Fixture; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const fixture = createFixture(issuer, url);
  const app = new Hono();
  mount(app, fixture.auth.protect(endpoint ?? endpointV2(fixture)));
  await new Promise<void>((resolve) => {
    server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, () => resolve());
  });
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

it('serves on @hono/node-server as it comes: challenge, document, result, other paths', async () => {
  const { fixture, url } = await start((app, handler) => {
    app.use(toHono(handler));
    app.all('*', (c) => c.text(`app: ${c.req.path}`));
  });
  expect((await call(url, { authorization: '' })).status).toBe(401);
  const { origin } = new URL(url);
  const document = await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`);
  expect(await document.json()).toMatchObject({ resource: url });
  const answer = await call(url);
  expect([answer.status, await answer.text(), fixture.ran]).toEqual([
    200,
    expect.stringContaining('"text":"weather"'),
    ['weather'],
  ]);
  for (const path of ['/', '/mcp/', '/MCP', '/.well-known/oauth-authorization-server']) {
    expect(await (await fetch(origin + path)).text()).toBe(`app: ${path}`);
  }
});

it('answers what the endpoint throws, and tells it once: to the console, and to middleware that looks', async () => {
  const error = new Error('secret reason');
  const seen: unknown[] = [];
  const { url } = await start(
    (app, handler) => {
      app.use(async (c, next) => {
        await next();
        seen.push(c.error);
      });
      app.use(toHono(handler));
    },
    () => Promise.reject(error),
  );
  const told = vi.spyOn(console, 'error').mockReturnValue();
  const answer = await call(url, { origin: 'http://localhost:6274' });
  expect([told.mock.calls, seen]).toEqual([[[error]], [error]]);
  told.mockRestore();
  expect([answer.status, await answer.text()]).toEqual([
    500,
    '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":null}',
  ]);
  expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:6274');
});

it('keeps its place among other middleware, under a base path too', async () => {
  const seen: number[] = [];
  const { url } = await start((app, handler) => {
    app.use(async (c, next) => {
      await next();
      seen.push(c.res.status);
    });
    app.use('/elsewhere/*', cors());
    app.use('/mcp', toHono(handler));
    app.use('/.well-known/*', toHono(handler));
  });
  expect((await call(url)).status).toBe(200);
  expect((await call(url, { authorization: '' })).status).toBe(401);
  const document = new URL('/.well-known/oauth-protected-resource/mcp', url);
  expect((await fetch(document)).status).toBe(200);
  expect((await fetch(new URL('/.well-known/x', url))).status).toBe(404);
  expect(seen).toEqual([200, 401, 200, 404]);
});

it('says nothing of why a stream broke off (ATK-88)', async () => {
  const stream = () => {
    let pulled = false;
    return new ReadableStream({
      pull(controller) {
        if (pulled) controller.error(new Error('secret reason'));
        else controller.enqueue(new TextEncoder().encode('data: {}\n\n'));
        pulled = true;
      },
    });
  };
  const { url } = await start(
    (app, handler) => void app.use(toHono(handler)),
    async () => new Response(stream(), { headers: { 'content-type': 'text/event-stream' } }),
  );
  const token = await issuer.mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] });
  const params = { name: 'weather', arguments: {} };
  const sent = toSent({ era: 'legacy', method: 'tools/call', params, token });
  const told = vi.spyOn(console, 'error').mockReturnValue();
  const answer = sendOverHttp(Number(new URL(url).port), sent);
  // What is left of it is a race: the message of the error that the package was handed, or nothing.
  const text = await answer.then((received) => received.text).catch(() => '');
  expect(text).not.toContain('secret');
  const cause = new Error('secret reason');
  await expect
    .poll(() => told.mock.calls)
    .toEqual([[new Error('The answer broke off', { cause })]]);
  told.mockRestore();
});
