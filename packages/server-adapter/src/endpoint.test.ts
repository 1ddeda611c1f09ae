import { gzipSync } from 'node:zlib';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createFixture, type Fixture } from './contract/fixture.js';
import type { McpEndpoint } from './index.js';

const resource = 'http://127.0.0.1:4321/mcp';
let issuer: FakeIssuer;
let fixture: Fixture;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});
afterAll(() => issuer.close());

/** Sends one call to an endpoint behind a new gate. */
async function call(
  endpoint: McpEndpoint,
  signal?: AbortSignal,
  query = '',
  method = 'tools/call',
): Promise<Response> {
  fixture = createFixture(issuer, resource);
  const token = await issuer.mint({ claims: { aud: resource }, scopes: ['mcp:tools:weather'] });
  return fixture.auth.protect(endpoint)(
    new Request(resource + query, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { name: 'weather' } }),
      ...(signal ? { signal } : {}),
    }),
  );
}

const oneOfEach = [
  { kind: 'decision', outcome: 'allowed' },
  { kind: 'completion', outcome: 'unknown' },
];

it('completes what a client hung up on, also where the endpoint never settles', async () => {
  const abort = new AbortController();
  void call(() => new Promise(() => abort.abort()), abort.signal);
  await expect.poll(() => fixture.sink.events).toMatchObject(oneOfEach);
});

it('completes what a client hung up on while its JSON was still coming', async () => {
  const abort = new AbortController();
  const endless = new ReadableStream({ pull: () => abort.abort() }, { highWaterMark: 0 });
  const headers = { 'content-type': 'application/json' };
  void call(async () => new Response(endless, { headers }), abort.signal);
  await expect.poll(() => fixture.sink.events).toMatchObject(oneOfEach);
});

it('completes once what was answered after the client hung up', async () => {
  const abort = new AbortController();
  await call(async () => {
    abort.abort();
    return Response.json({ jsonrpc: '2.0', id: 1, result: {} });
  }, abort.signal);
  expect(fixture.sink.events).toMatchObject(oneOfEach);
  expect(fixture.sink.events).toHaveLength(2);
});

it('completes also what an endpoint answers with nothing', async () => {
  const forgetful = (async () => undefined) as unknown as McpEndpoint;
  const told = vi.spyOn(console, 'error').mockReturnValue();
  expect((await call(forgetful)).status).toBe(500);
  expect(told.mock.calls).toEqual([[expect.any(TypeError)]]);
  told.mockRestore();
  expect(fixture.sink.events).toMatchObject(oneOfEach);
});

it('passes JSON on byte for byte where nothing of it is for the gate, whatever its encoding', async () => {
  const sent = gzipSync('{"jsonrpc":"2.0","id":1,"result":{}}');
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const answer = async () => new Response(sent, { headers });
  const passed = await call(answer, undefined, '', 'ping');
  expect(Buffer.from(await passed.arrayBuffer())).toEqual(sent);
});

it('passes nothing on that it cannot look into: a result may hold state (RS-87)', async () => {
  const told = vi.spyOn(console, 'error').mockReturnValue();
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const refused = await call(async () => new Response(gzipSync('{}'), { headers }));
  expect(refused.status).toBe(500);
  expect(told).toHaveBeenCalledOnce();
  told.mockRestore();
});

it('hides a token in the query from the endpoint, and leaves the rest (RS-41)', async () => {
  let seen = '';
  await call(
    async (request) => {
      seen = request.url;
      return new Response(null, { status: 202 });
    },
    undefined,
    '?a=1&access_token=secret&b=2',
  );
  expect(seen).toBe(`${resource}?a=1&b=2`);
});
