import { Agent, request as httpRequest } from 'node:http';
import { expect, it } from 'vitest';
import { toSent } from './calls.js';
import type { Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ network, start, mint }) => {
  /** A call as a request whose body comes in pieces, with no length said before. */
  async function inPieces(host: Host, pieces: Iterable<Uint8Array>): Promise<Response> {
    const token = await mint(host, 'mcp:tools:*');
    const { method, headers } = toSent({ era: 'legacy', method: 'tools/call', token });
    const lines = headers.map(([name, value]): [string, string] => [name, value]);
    const iterator = pieces[Symbol.iterator]();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise(setImmediate);
        const { done, value } = iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
    const init: RequestInit & { duplex: 'half' } = { method, headers: lines, body, duplex: 'half' };
    return host.fetch(host.url, init);
  }

  it('takes a body at the limit and none above it, whether its length was said or not (RS-77, ATK-91)', async () => {
    const host = await start({ maxBodyBytes: 5000 });
    const token = await mint(host, 'mcp:tools:*');
    const params = { name: 'weather', arguments: {} };
    const {
      method,
      headers,
      body = '',
    } = toSent({
      ...{ era: 'legacy', method: 'tools/call', params, token },
    });
    for (const [size, status] of [
      [4999, 200],
      [5000, 200],
      [5001, 413],
    ] as const) {
      const padded = body.padEnd(size);
      const declared = await host.send({ method, headers, body: padded });
      expect([size, declared.status]).toEqual([size, status]);
      const bytes = new TextEncoder().encode(padded);
      const pieces = [bytes.subarray(0, 4000), bytes.subarray(4000)];
      const found = await inPieces(host, pieces);
      expect([size, found.status]).toEqual([size, status]);
      await found.body?.cancel();
    }
    expect(
      host.sink.events.filter((event) => 'status' in event && event.status === 413),
    ).toHaveLength(2);
  });

  it('puts slow pieces together, also where they cut a character', async () => {
    const seen: unknown[] = [];
    const host = await start({}, async (_request, { parsedBody }) => {
      seen.push(parsedBody);
      return Response.json({ jsonrpc: '2.0', id: 7, result: {} });
    });
    const params = { name: 'weather', arguments: { place: 'Zürich 🏔' } };
    const message = { jsonrpc: '2.0', id: 7, method: 'tools/call', params };
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    const answer = await inPieces(
      host,
      [...bytes].map((byte) => Uint8Array.of(byte)),
    );
    expect(answer.status).toBe(200);
    expect(seen).toEqual([message]);
  });

  it('sends an answer of megabytes whole', async () => {
    const host = await start();
    const token = await mint(host);
    const params = { name: 'long', arguments: {} };
    const sent = toSent({ era: 'legacy', method: 'tools/call', params, token });
    const { status, text } = await host.send(sent);
    expect([status, text.match(/x{2,}/)?.[0].length]).toEqual([200, 3_000_000]);
  });

  if (!network) return;

  it('goes on with a connection whose last body it refused unread (ATK-91)', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:*');
    const params = { name: 'weather', arguments: {} };
    const { headers, body = '' } = toSent({
      ...{ era: 'legacy', method: 'tools/call', params, token },
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (lines: Record<string, string>, content: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { hostname, port } = new URL(host.url);
        const outgoing = httpRequest(
          { agent, hostname, port, method: 'POST', path: '/mcp', headers: lines },
          (incoming) => {
            incoming.resume();
            incoming.on('end', () => resolve(incoming.statusCode));
          },
        );
        outgoing.on('error', reject);
        outgoing.end(content);
      });
    const json = { 'Content-Type': 'application/json' };
    expect(await send(json, ' '.repeat(900_000))).toBe(401);
    expect(await send(json, ' '.repeat(1_100_000))).toBe(413);
    expect(await send(Object.fromEntries(headers), body)).toBe(200);
    agent.destroy();
  });
});
