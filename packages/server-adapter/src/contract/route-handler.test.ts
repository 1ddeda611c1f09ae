import { createFakeIssuer } from '@portcullis/core/testing';
import { expect, it } from 'vitest';
import type { ProtectedHandler } from '../index.js';
import { createFixture } from './fixture.js';
import { endpointV2 } from './servers.js';

/** Runtimes and frameworks call a handler with more than the request. */
interface Callers {
  readonly worker: (request: Request, env: unknown, context: { waitUntil(): void }) => unknown;
  readonly deno: (request: Request, info: { remoteAddr: object }) => unknown;
  readonly bun: (request: Request, server: { readonly port: number }) => unknown;
  readonly route: (request: Request, context: { params: Promise<object> }) => unknown;
}
const fitsAll = (handler: ProtectedHandler): Callers => ({
  ...{ worker: handler, deno: handler, bun: handler, route: handler },
});

it('is a route handler as it is, and takes nothing that a runtime passes along for its own option', async () => {
  const issuer = await createFakeIssuer();
  const url = 'http://127.0.0.1:4321/mcp';
  const fixture = createFixture(issuer, url);
  const POST = fitsAll(fixture.auth.protect(endpointV2(fixture))).worker;
  const token = await issuer.mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] });
  const request = new Request(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"weather","arguments":{}}}',
  });
  const payroll = {
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name: 'payroll' },
  };
  const env = { parsedBody: payroll, onError: 'a secret of the environment' };
  const answer = (await POST(request, env, { waitUntil() {} })) as Response;
  expect([answer.status, fixture.ran]).toEqual([200, ['weather']]);
  await issuer.close();
});
