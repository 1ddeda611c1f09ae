import { afterEach, expect, it } from 'vitest';
import { toSent } from './calls.js';
import type { Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';
import { openWire, statusesOf, type Wire } from './wire.js';

const wires: Wire[] = [];
afterEach(() => {
  for (const wire of wires.splice(0)) wire.close();
});

function open(host: Host): Wire {
  const wire = openWire(host);
  wires.push(wire);
  return wire;
}

onEveryHost(({ network, kind, start, mint }) => {
  if (!network) {
    it('lets no URL that a runtime made choose a host: the endpoint sees its resource’s (RS-12, ATK-83)', async () => {
      const seen: string[] = [];
      const allowedHosts = ['evil.example'];
      const host = await start({ allowedHosts }, async ({ url }) => {
        seen.push(url);
        return Response.json({ jsonrpc: '2.0', id: 7, result: {} });
      });
      const params = { name: 'weather', arguments: {} };
      const token = await mint(host, 'mcp:tools:*');
      const sent = toSent({ era: 'legacy', method: 'tools/call', params, token });
      const path = 'https://evil.example/mcp?x=1';
      expect((await host.send({ ...sent, path })).status).toBe(200);
      expect(seen).toEqual([`${host.url}?x=1`]);
    });
    return;
  }

  /** Header lines and body of a good call, to be sent in odd ways. */
  async function good(host: Host) {
    const params = { name: 'weather', arguments: {} };
    const token = await mint(host, 'mcp:tools:*');
    const { body = '' } = toSent({ era: 'legacy', method: 'tools/call', params });
    const lines = [
      `Host: ${new URL(host.url).host}`,
      'Content-Type: application/json',
      'Accept: application/json, text/event-stream',
    ];
    return {
      lines,
      body,
      token: `Authorization: Bearer ${token}`,
      length: `Content-Length: ${body.length}`,
    };
  }
  const message = (first: string, lines: readonly string[], body: string) =>
    `${[first, ...lines].join('\r\n')}\r\n\r\n${body}`;
  const last = 'Connection: close';

  it('takes a body that waits for 100 Continue', async () => {
    const host = await start();
    const { lines, body, token, length } = await good(host);
    const wire = open(host);
    wire.write(
      message('POST /mcp HTTP/1.1', [...lines, token, length, 'Expect: 100-continue', last], ''),
    );
    await wire.until('100 Continue\r\n\r\n');
    wire.write(body);
    expect(statusesOf(await wire.rest())).toEqual([100, 200]);
    expect(host.ran).toEqual(['weather']);
  });

  it('takes chunks, and no trailer for a header: neither a token nor a name (RS-20, ATK-60)', async () => {
    const host = await start();
    const { lines, body, token } = await good(host);
    const half = Math.floor(body.length / 2);
    const chunks = [body.slice(0, half), body.slice(half), '']
      .map((chunk) => `${chunk.length.toString(16)};odd="extension"\r\n${chunk}${chunk && '\r\n'}`)
      .join('');
    const sent = (headers: readonly string[], trailers: readonly string[]) => {
      const wire = open(host);
      const all = [...lines, ...headers, 'Transfer-Encoding: chunked', last];
      const names = trailers.map((trailer) => trailer.split(':')[0]);
      if (names.length > 0) all.push(`Trailer: ${names.join(', ')}`);
      wire.write(
        message(
          'POST /mcp HTTP/1.1',
          all,
          `${chunks}${trailers.map((line) => `${line}\r\n`).join('')}\r\n`,
        ),
      );
      return wire.rest();
    };
    expect(statusesOf(await sent([], [token]))).toEqual([401]);
    expect(host.ran).toEqual([]);
    const odd = [
      'Mcp-Name: payroll',
      'MCP-Protocol-Version: 1999-01-01',
      'Origin: https://evil.example',
    ];
    expect(statusesOf(await sent([token], [...odd, 'Authorization: Bearer nonsense']))).toEqual([
      200,
    ]);
    expect(host.ran).toEqual(['weather']);
  });

  it('answers HTTP/1.0 without chunks, and closes also what an SDK wants to keep alive', async () => {
    const host = await start();
    const { lines, body, token, length } = await good(host);
    const wire = open(host);
    wire.write(message('POST /mcp HTTP/1.0', [...lines, token, length], body));
    const answer = await wire.rest();
    expect(statusesOf(answer)).toEqual([200]);
    expect(answer).not.toMatch(/^transfer-encoding/im);
    expect(answer).toContain('"text":"weather"');
  });

  it('takes no request for one of ours that names no Host, or several (RS-100, ATK-83)', async () => {
    const host = await start();
    const { lines, body, token, length } = await good(host);
    const [own = '', ...others] = lines;
    for (const named of [[], ['Host:'], [own, own], [own, 'Host: evil.example']]) {
      const wire = open(host);
      wire.write(message('POST /mcp HTTP/1.0', [...named, ...others, token, length], body));
      const [status] = statusesOf(await wire.rest());
      // `@hono/node-server` needs a Host itself, to make a URL of.
      expect([named, status === 400 && kind.endsWith('Hono on Node') ? 403 : status]).toEqual([
        named,
        403,
      ]);
    }
    expect(host.ran).toEqual([]);
  });

  it('reads header names in any case', async () => {
    const host = await start();
    const { lines, body, token, length } = await good(host);
    for (const spelt of [
      (line: string) => line.toUpperCase(),
      (line: string) => line.toLowerCase(),
    ]) {
      const respelt = [...lines, token, length, last].map((line) => {
        const [name = '', ...value] = line.split(':');
        return [spelt(name), ...value].join(':');
      });
      const wire = open(host);
      wire.write(message('POST /mcp HTTP/1.1', respelt, body));
      expect(statusesOf(await wire.rest())).toEqual([200]);
    }
  });

  it('never sees what two readers could take differently: folded lines, two lengths, length and chunks (ATK-88)', async () => {
    const host = await start();
    const { lines, body, token, length } = await good(host);
    const odd: readonly (readonly string[])[] = [
      [token.replace('Bearer ', 'Bearer\r\n '), length],
      [token, length, length.replace(/\d+/, '5')],
      [token, length, length],
      [token, length, 'Transfer-Encoding: chunked'],
      [token, 'Transfer-Encoding: chunked, identity'],
      [token, `${length} `, 'Transfer-Encoding : chunked'],
      [token, length, 'X-Odd: a\rb'],
      [token, 'Content-Length: +5'],
      [token, 'Content-Length: 0x10'],
    ];
    for (const headers of odd) {
      const wire = open(host);
      wire.write(message('POST /mcp HTTP/1.1', [...lines, ...headers], body));
      expect([headers, statusesOf(await wire.rest())]).toEqual([headers, [400]]);
    }
    expect([host.ran, host.sink.events]).toEqual([[], []]);
  });

  it('keeps requests on one connection apart: each has its own token, and a refused body is no request (RS-42)', async () => {
    const host = await start();
    const { lines, body, token, length } = await good(host);
    const inner = message('POST /mcp HTTP/1.1', [...lines, token, length], body);
    const outer = [...lines, `Content-Length: ${inner.length}`];
    const wire = open(host);
    wire.write(
      message('POST /mcp HTTP/1.1', [...lines, token, length], body) +
        message('POST /mcp HTTP/1.1', [...lines, length], body) +
        message('POST /mcp HTTP/1.1', outer, inner) +
        message('POST /mcp HTTP/1.1', [...lines, token, length, last], body),
    );
    expect(statusesOf(await wire.rest())).toEqual([200, 401, 401, 200]);
    expect(host.ran).toEqual(['weather', 'weather']);
  });

  it('answers HEAD with headers alone', async () => {
    const host = await start();
    const { lines } = await good(host);
    for (const path of ['/mcp', '/.well-known/oauth-protected-resource/mcp']) {
      const wire = open(host);
      wire.write(message(`HEAD ${path} HTTP/1.1`, [...lines, last], ''));
      const answer = await wire.rest();
      expect([path, statusesOf(answer).length, answer.split('\r\n\r\n')[1]]).toEqual([path, 1, '']);
    }
  });

  it('lets no target choose a host: the endpoint sees its resource’s URL (RS-12, ATK-83)', async () => {
    const seen: string[] = [];
    const host = await start({}, async ({ url }) => {
      seen.push(url);
      return Response.json({ jsonrpc: '2.0', id: 7, result: {} });
    });
    const { lines, body, token, length } = await good(host);
    const send = async (target: string) => {
      const wire = open(host);
      wire.write(message(`POST ${target} HTTP/1.1`, [...lines, token, length, last], body));
      return statusesOf(await wire.rest());
    };
    expect(await send('http://evil.example/mcp?x=1')).toEqual([200]);
    expect(await send('/mcp?access_token=x&y=2')).toEqual([200]);
    expect(seen).toEqual([`${host.url}?x=1`, `${host.url}?y=2`]);
    for (const target of ['//evil.example/mcp', '/mcp/', '/MCP', '/mcp;a', '/mc%70', '//mcp']) {
      expect([target, await send(target)]).toEqual([target, [404]]);
    }
    // No target of a POST: some refuse it before they look for a path.
    expect((await send('*'))[0]).toSatisfy((status) => status === 404 || status === 400);
    expect(seen).toHaveLength(2);
  });

  it(`answers a verb that few know by a refusal: ${kind}`, async () => {
    const host = await start();
    const { lines } = await good(host);
    for (const method of ['TRACE', 'PURGE', 'PROPFIND', 'M-SEARCH']) {
      const wire = open(host);
      wire.write(message(`${method} /mcp HTTP/1.1`, [...lines, last], ''));
      // Fastify has no routes for verbs that it does not know.
      const unknown = kind.endsWith('Fastify') && method !== 'TRACE';
      expect([method, statusesOf(await wire.rest())]).toEqual([method, [unknown ? 404 : 405]]);
    }
  });
});
