import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { oidcProvider } from '@portcullis/provider-oidc';
import { toNodeListener } from '@portcullis/server-adapter/node';
import { afterEach, expect, it } from 'vitest';
import { checks } from '../checks/index.js';
import { startIssuer } from '../issuer/conformance-issuer.js';
import { runConformance } from '../suite/run-conformance.js';
import { trespassed } from './access.js';
import { misspoken } from './challenges.js';
import { misdescribed } from './metadata.js';
import { misread } from './presenting.js';
import { misheard } from './protocol.js';
import { hijacked } from './sessions.js';
import { plan, soundServer } from './sound.js';
import { believers } from './tokens.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

it('has a broken server for every check', () => {
  const broken = [
    ...[...misdescribed, ...misspoken, ...misread, ...believers, ...trespassed, ...misheard],
    ...hijacked,
  ];
  const found = new Set(broken.flatMap(({ fails }) => fails));
  // What a header looks like on the wire is beneath a `Request`, so that server is in this file.
  found.add('RS-72');
  expect(checks.map(({ id }) => id).filter((id) => !found.has(id))).toEqual([]);
});

it('finds a server that knows one spelling of its headers, over a socket (RS-72)', async () => {
  const issuer = await startIssuer();
  open.push(issuer);
  const server = createServer();
  const url = await listening(server);
  const sound = toNodeListener(soundServer(oidcProvider({ issuer: issuer.issuer }), url));
  server.on('request', (request, response) => {
    const { rawHeaders, headers } = request;
    if ('mcp-name' in headers && !rawHeaders.includes('Mcp-Name')) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"jsonrpc":"2.0","id":7,"error":{"code":-32020,"message":"Mcp-Name?"}}');
    } else sound(request, response);
  });
  const { results } = await runConformance({ url, issuer, plan });
  const failed = results.filter(({ outcome }) => outcome === 'fail');
  expect(failed.map(({ id, said }) => [id, said])).toEqual([
    ['RS-72', '{"MCP-NAME":"whoami"}: 400 with JSON-RPC -32020'],
  ]);
});

it('says what an MCP server without any protection lacks', async () => {
  const issuer = await startIssuer();
  open.push(issuer);
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"jsonrpc":"2.0","id":7,"result":{"content":[]}}');
    });
  });
  const url = await listening(server);
  const { results } = await runConformance({ url, issuer, plan });
  const failed = results.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
  const musts = checks.filter(({ level }) => level === 'MUST').map(({ id }) => id);
  // What it answers by JSON of status 200 too, what it never refuses, and what only a challenge or a session can get wrong.
  expect(musts.filter((id) => !failed.includes(id))).toEqual([
    ...['RS-01', 'RS-02', 'RS-15', 'RS-31', 'ATK-88', 'RS-33', 'RS-40', 'RS-57', 'RS-58'],
    ...['ATK-63', 'RS-72', 'RS-80', 'RS-82', 'RS-104', 'RS-103', 'ATK-80'],
  ]);
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => server.closeAllConnections() ?? server.close() });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}
