import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { memorySink } from '@portcullis/core';
import { embeddedAccounts, type LocalProvider, localProvider } from '@portcullis/provider-local';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listen, stop } from '../listening.js';
import { memoryStores } from '../memory-stores.harness.js';
import { isEmbeddedAdministrator } from '../owner.js';
import { type ProtectedMcp, protectMcp } from '../protected-mcp.js';
import { baseline, scopes } from '../scopes.js';
import { host as express } from './express.js';
import { host as hono } from './hono.js';
import type { Host } from './site.js';

describe.each<[string, Host]>([
  ['Express', express],
  ['Hono', hono],
])('%s', (_name, host) => {
  let origin: string;
  let server: Server;
  let provider: LocalProvider;
  let mcp: ProtectedMcp;
  const recent = memorySink();
  const asked = vi.fn();
  // Never answers.
  const source = { id: 'silent', newsSentiment: () => new Promise<never>(asked) };
  const stores = memoryStores(source);

  beforeAll(async () => {
    server = createServer();
    origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
    const resource = `${origin}/mcp`;
    provider = localProvider({
      issuer: origin,
      resources: [{ resource, name: 'Finance', scopes, baseline }],
      accounts: embeddedAccounts([{ username: 'ada', password: 'ada-signs-in' }]),
      clients: [
        {
          clientId: 'nightly',
          name: 'Nightly',
          grantTypes: ['client_credentials'],
          scopes: ['mcp:tools:get_news_sentiment', 'mcp:resources:news:read'],
          authentication: { method: 'client_secret_basic', secret: 'secret-of-the-nightly-job' },
        },
      ],
    });
    mcp = protectMcp({
      ...{ resource, provider, stores, recent },
      isAdministrator: isEmbeddedAdministrator,
    });
    const listener = host({
      mcp: mcp.handler,
      pages: {
        '/': () => ({
          headers: { 'content-type': 'text/html; charset=utf-8' },
          body: '<h1>Hi</h1>',
        }),
        '/health': () => ({
          status: 503,
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: '{"status":"failing"}',
        }),
        '/broken': () => {
          throw new Error('secret reason');
        },
      },
      routes: [
        (request, response, next) =>
          request.url === '/first' ? void response.end('first') : next(),
        provider.authorizationServer,
      ],
    });
    server.on('request', listener);
  });
  afterAll(async () => {
    await stop(server, 0);
    await mcp.close();
    await provider.close();
    stores.close();
  });

  const token = async () => {
    const answer = await fetch(`${origin}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa('nightly:secret-of-the-nightly-job')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: `${origin}/mcp` }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  };
  const call = async (headers: Record<string, string>, name = 'whoami', given = {}) =>
    fetch(`${origin}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        ...headers,
      },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name, arguments: given },
      }),
    });

  it('leads a stranger from the refusal to both documents (RS-01, AS-01)', async () => {
    const refused = await call({});
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
    );
    const resource = await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`);
    expect(await resource.json()).toMatchObject({ authorization_servers: [origin] });
    const issuer = await fetch(`${origin}/.well-known/oauth-authorization-server`);
    expect(await issuer.json()).toMatchObject({ issuer: origin });
  });

  it('hands a body to the issuer unread, and lets in who has its token', async () => {
    const answer = await call({ authorization: `Bearer ${await token()}` });
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringContaining('You are nightly, a service.'),
    ]);
  });

  it('answers pages as they are, to GET and HEAD', async () => {
    const page = await fetch(origin);
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<h1>Hi</h1>',
    ]);
    expect(page.headers.get('x-powered-by')).toBeNull();
    const health = await fetch(`${origin}/health`);
    expect([health.status, health.headers.get('content-type'), await health.text()]).toEqual([
      503,
      'application/json; charset=utf-8',
      '{"status":"failing"}',
    ]);
    const head = await fetch(origin, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(origin, { method: 'POST' })).status).toBe(404);
  });

  it('asks the routes in turn, and answers 404 where nothing is', async () => {
    expect(await (await fetch(`${origin}/first`)).text()).toBe('first');
    expect((await fetch(`${origin}/nothing`)).status).toBe(404);
  });

  it('tells a defect of ours to the log, and nobody else', async () => {
    const told = vi.spyOn(console, 'error').mockReturnValue();
    const answer = await fetch(`${origin}/broken`);
    expect([answer.status, await answer.text()]).toEqual([500, '{"error":"server_error"}']);
    expect(told.mock.calls).toEqual([['A request failed:', new Error('secret reason')]]);
    told.mockRestore();
  });

  it('lets a client hang up in the middle', async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('grant_type=')),
    });
    const hangUp = new AbortController();
    const sent = fetch(`${origin}/token`, {
      ...{ method: 'POST', body, duplex: 'half', signal: hangUp.signal },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    } as RequestInit);
    await once(server, 'request');
    hangUp.abort();
    await expect(sent).rejects.toThrow();
    expect((await fetch(origin)).status).toBe(200);
  });

  it('leaves a last word in the trail when a call is cut', async () => {
    const authorization = `Bearer ${await token()}`;
    const cut = call({ authorization }, 'get_news_sentiment', { ticker: 'BRDL' }).then((answer) =>
      answer.text(),
    );
    const failed = expect(cut).rejects.toThrow();
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await Promise.all([failed, closed]);
    await mcp.close();
    const [decision, completion] = recent.events.slice(-2);
    expect(decision).toMatchObject({ kind: 'decision', name: 'get_news_sentiment' });
    expect(completion).toMatchObject({ kind: 'completion', outcome: 'unknown' });
  });
});
