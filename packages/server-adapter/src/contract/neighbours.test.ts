import { expect, it } from 'vitest';
import { toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ issuer, start }) => {
  it('serves two resources side by side, each with its own document, audience and events (RS-11, RS-22)', async () => {
    const host = await start();
    const { neighbour } = host;
    const ask = async (path: string, audience?: string) => {
      const claims = { aud: audience };
      const token = audience && (await issuer().mint({ claims, scopes: ['mcp:tools:*'] }));
      const params = { name: 'weather', arguments: {} };
      const sent = toSent({
        ...{ era: 'legacy', method: 'tools/call', params },
        ...(token ? { token } : {}),
      });
      return host.send({ ...sent, path });
    };
    expect((await ask('/mcp', host.url)).status).toBe(200);
    expect((await ask('/other', neighbour.url)).status).toBe(200);
    expect((await ask('/mcp', neighbour.url)).status).toBe(401);
    expect((await ask('/other', host.url)).status).toBe(401);
    expect([host.ran, neighbour.ran]).toEqual([['weather'], ['weather']]);
    const outcomes = ['allowed', 'succeeded', 'challenged'];
    for (const { sink } of [host, neighbour]) {
      expect(sink.events.map((event) => 'outcome' in event && event.outcome)).toEqual(outcomes);
    }
    for (const [path, resource] of [
      ['/mcp', host.url],
      ['/other', neighbour.url],
    ] as const) {
      const challenge = (await ask(path)).headers.get('www-authenticate');
      const well = `${new URL(host.url).origin}/.well-known/oauth-protected-resource${path}`;
      expect(challenge).toBe(`Bearer scope="mcp:tools:weather", resource_metadata="${well}"`);
      const document = await host.send({
        method: 'GET',
        path: new URL(well).pathname,
        headers: [],
      });
      expect(JSON.parse(document.text)).toMatchObject({ resource });
    }
  });

  it('leaves what belongs to neither of them alone', async () => {
    const host = await start();
    const paths = [
      '/',
      '/mcp/',
      '/mcp/other',
      '/other/mcp',
      '/.well-known/oauth-protected-resource',
    ];
    for (const path of paths) {
      const answer = await host.send({ method: 'GET', path, headers: [] });
      expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([
        path,
        404,
        null,
      ]);
    }
    expect([host.sink.events, host.neighbour.sink.events]).toEqual([[], []]);
  });
});
