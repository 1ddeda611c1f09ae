import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProviderUnavailableError } from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import express, { type Express } from 'express';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createFixture, type Fixture } from '../contract/fixture.js';
import { endpointV2 } from '../contract/servers.js';
import type { McpEndpoint } from '../index.js';
import { toExpress } from './index.js';

let issuer: FakeIssuer;
let server: Server;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});
afterAll(() => issuer.close());

async function serve(
  mount: (app: Express, fixture: Fixture) => void,
): Promise<{ fixture: Fixture; url: string }> {
  const app = express();
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const fixture = createFixture(issuer, url);
  mount(app, fixture);
  return { fixture, url };
}

const headers = async (url: string) => ({
  authorization: `Bearer ${await issuer.mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] })}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
});
const body = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
  params: { name: 'weather', arguments: {} },
});

it('leaves every other path to the app', async () => {
  const { url } = await serve((app, fixture) => {
    app.use(toExpress(fixture.auth.protect(endpointV2(fixture))));
    app.use((request, response) => {
      response.send(`app: ${request.path}`);
    });
  });
  const { origin } = new URL(url);
  for (const path of ['/', '/mcp/', '/MCP', '/mcp2', '/.well-known/oauth-authorization-server']) {
    expect(await (await fetch(origin + path)).text()).toBe(`app: ${path}`);
  }
  expect((await fetch(`${url}?x=1`)).status).toBe(405);
  expect((await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`)).status).toBe(200);
});

it('knows its path in an absolute target too, and refuses a verb that fetch cannot name (RS-77)', async () => {
  const { url } = await serve((app, fixture) => {
    app.use(toExpress(fixture.auth.protect(endpointV2(fixture))));
  });
  const { hostname, port } = new URL(url);
  const ask = (method: string, path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = httpRequest({ host: hostname, port, path, method }, (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve(incoming.statusCode));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  expect(await ask('GET', 'http://evil.example/mcp')).toBe(405);
  expect(await ask('TRACE', '/mcp')).toBe(405);
});

it('takes a body that express.json() has parsed', async () => {
  const { fixture, url } = await serve((app, fixture) => {
    app.use(express.json());
    app.use(toExpress(fixture.auth.protect(endpointV2(fixture))));
  });
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect([answer.status, fixture.ran]).toEqual([200, ['weather']]);
});

it('works under a router that strips its prefix', async () => {
  const { fixture, url } = await serve((app, fixture) => {
    app.use('/mcp', toExpress(fixture.auth.protect(endpointV2(fixture))));
  });
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect([answer.status, fixture.ran]).toEqual([200, ['weather']]);
});

it('hands what the endpoint throws to the app’s error handler', async () => {
  const thrown: unknown[] = [];
  const broken: McpEndpoint = async () => {
    throw new Error('The endpoint broke.');
  };
  const { fixture, url } = await serve((app, fixture) => {
    app.use(toExpress(fixture.auth.protect(broken)));
    app.use(((error, _request, response, _next) => {
      thrown.push(error);
      response.status(500).end();
    }) satisfies express.ErrorRequestHandler);
  });
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect([answer.status, thrown]).toEqual([500, [new Error('The endpoint broke.')]]);
  expect(fixture.sink.events).toMatchObject([
    { kind: 'decision', outcome: 'allowed' },
    { kind: 'completion', outcome: 'unknown' },
  ]);
});

it('answers whole what the endpoint throws also where Express itself handles errors', async () => {
  const { url } = await serve((app, fixture) => {
    app.use(toExpress(fixture.auth.protect(() => Promise.reject(new Error('secret reason')))));
  });
  for (let times = 0; times < 10; times += 1) {
    const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
    expect([answer.status, await answer.text()]).toEqual([
      500,
      '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":null}',
    ]);
  }
});

it('answers an outage that the endpoint meets by 503, with one decision and one completion', async () => {
  const away: McpEndpoint = async () => {
    throw new ProviderUnavailableError('The issuer is away.');
  };
  const { fixture, url } = await serve((app, fixture) => {
    app.use(toExpress(fixture.auth.protect(away)));
  });
  const answer = await fetch(url, { method: 'POST', headers: await headers(url), body });
  expect(answer.status).toBe(503);
  expect(fixture.sink.events).toMatchObject([
    { kind: 'decision', outcome: 'allowed' },
    { kind: 'completion', outcome: 'unknown' },
  ]);
  expect(fixture.sink.events).toHaveLength(2);
});

it('serves several endpoints on one host, each with a document and an audience of its own (RS-11)', async () => {
  const { url } = await serve((app, fixture) => {
    app.use(toExpress(fixture.auth.protect(endpointV2(fixture))));
    const other = createFixture(issuer, fixture.auth.gate.resource.replace('/mcp', '/other'));
    app.use(toExpress(other.auth.protect(endpointV2(other))));
  });
  const other = url.replace('/mcp', '/other');
  const document = url.replace('/mcp', '/.well-known/oauth-protected-resource/other');
  expect(await (await fetch(document)).json()).toMatchObject({ resource: other });
  const ask = async (target: string, audience: string) =>
    (await fetch(target, { method: 'POST', headers: await headers(audience), body })).status;
  expect([await ask(url, url), await ask(other, other)]).toEqual([200, 200]);
  expect([await ask(url, other), await ask(other, url)]).toEqual([401, 401]);
});
