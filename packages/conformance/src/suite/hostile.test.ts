import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { type ConformanceIssuer, startIssuer } from '../issuer/conformance-issuer.js';
import { sendOverHttp } from '../wire/send-over-http.js';
import { runConformance } from './run-conformance.js';

const open: { close(): unknown }[] = [];
afterAll(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

const good = '{"jsonrpc":"2.0","id":7,"result":{"tools":[]}}';

/** Answers the first two requests well, so that there is something to judge, and then never again. */
async function serve(listener: RequestListener, goodOnes = 3): Promise<string> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    count += 1;
    if (count > goodOnes) listener(request, response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(good);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => server.closeAllConnections() ?? server.close() });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

async function judge(url: string, timeoutMs = 300) {
  const issuer: ConformanceIssuer = await startIssuer();
  open.push(issuer);
  const send = sendOverHttp({ timeoutMs });
  const report = await runConformance({ url, issuer, send, budgetMs: 1500 });
  // No token of ours, whatever a server repeats.
  expect(JSON.stringify(report)).not.toMatch(/eyJ/);
  return report;
}

const challenge =
  (text: string): RequestListener =>
  (_, response) =>
    void response
      .writeHead(401, { 'www-authenticate': text, 'content-type': 'application/json' })
      .end('{}');

describe.concurrent('comes to a verdict about a server that', () => {
  it.each<[string, RequestListener]>([
    ['never answers', () => {}],
    ['hangs up', (request) => void request.socket.destroy()],
    ['answers in no language', (request) => void request.socket.end('hello\r\n\r\n')],
    [
      'never ends its stream',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write(': still here\n\n'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
    [
      'never ends its body',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = (): void => {
          while (response.write(`"${'x'.repeat(65_536)}`)) if (response.destroyed) return;
          response.once('drain', more);
        };
        more();
      },
    ],
    [
      'changes the protocol',
      ({ socket }) =>
        void socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
        ),
    ],
    [
      'says for ever that it is about to answer',
      ({ socket }) => {
        const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 10);
        socket.on('close', () => clearInterval(timer));
      },
    ],
    [
      'names its sessions strangely',
      (_, response) =>
        void response
          .writeHead(200, {
            'mcp-session-id': '\u00ff\u0080;{"',
            'content-type': 'application/json',
          })
          .end(good),
    ],
    [
      'sends more headers than anybody reads',
      (_, response) => void response.writeHead(200, { 'x-much': 'x'.repeat(100_000) }).end(good),
    ],
    ['sends no JSON', (_, response) => void response.writeHead(200).end('<html>')],
    ['nests without end', (_, response) => void response.writeHead(200).end('['.repeat(500_000))],
    [
      'repeats the token',
      ({ headers }, response) =>
        void response.writeHead(403).end(JSON.stringify(headers.authorization ?? '')),
    ],
    ['challenges in riddles', challenge('Bearer a="\\"\\"\\", ,, =')],
    ['challenges at length', challenge(`Bearer a="${'\\"'.repeat(5000)}`)],
  ])('%s', async (_, listener) => {
    const { results, durationMs } = await judge(await serve(listener));
    expect(durationMs).toBeLessThan(20_000);
    expect(results.some(({ outcome, level }) => outcome === 'fail' && level === 'MUST')).toBe(true);
  });
});

it('follows no redirect', async () => {
  let reached = false;
  const elsewhere = await serve((_, response) => {
    reached = true;
    response.end();
  }, 0);
  await judge(
    await serve((_, response) => void response.writeHead(307, { location: elsewhere }).end()),
  );
  expect(reached).toBe(false);
});

it('asks no other host for metadata that a challenge names', async () => {
  let reached = false;
  const elsewhere = await serve((_, response) => {
    reached = true;
    response.end();
  }, 0);
  await judge(await serve(challenge(`Bearer resource_metadata="${elsewhere}"`)));
  expect(reached).toBe(false);
});

it('says so when there is nothing to judge', async () => {
  const refusing = await serve(challenge('Bearer'), 0);
  await expect(judge(refusing)).rejects.toThrow(
    /^The server answered a good token by 2026-07-28: 401, 2025-11-25: 401\. It has to trust http:\/\/127\.0\.0\.1:\d+ for tokens with the audience http:\/\/127\.0\.0\.1:\d+\/mcp\. If it keeps the keys of an earlier run, wait for it to look again, or use the same key in each run\.$/,
  );
  const html = await serve((_, response) => void response.end('<html>'), 0);
  await expect(judge(html)).rejects.toThrow('It has to be an MCP server with Streamable HTTP');
  const silent = createSocketServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  open.push(silent);
  const { port } = silent.address() as AddressInfo;
  await expect(judge(`http://127.0.0.1:${port}/mcp`)).rejects.toThrow('no answer within 300 ms');
});
