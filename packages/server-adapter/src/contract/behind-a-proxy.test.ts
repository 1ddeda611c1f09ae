import { expect, it } from 'vitest';
import { call, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ start, mint }) => {
  it('builds nothing of what a proxy, or somebody in its name, says about the outside (RS-12, ATK-84)', async () => {
    const host = await start();
    const outside = {
      Forwarded: 'host=evil.example;proto=https',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Port': '1',
      'X-Forwarded-Prefix': '/evil',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Uri': '/evil',
      'X-Host': 'evil.example',
      'X-HTTP-Method-Override': 'GET',
      'X-Original-Host': 'evil.example',
      'X-Original-URL': '/evil',
      'X-Rewrite-URL': '/evil',
    };
    const list = { era: 'legacy', method: 'tools/list', headers: outside } as const;
    const refused = await call(host, list);
    const document = `${new URL(host.url).origin}/.well-known/oauth-protected-resource/mcp`;
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer scope="mcp:tools:weather", resource_metadata="${document}"`,
    ]);
    const answer = await call(host, { ...list, token: await mint(host) });
    expect([answer.status, answer.text.includes('evil')]).toEqual([200, false]);
  });

  it('takes nobody’s word for who calls: no header of a proxy reaches the endpoint (RS-111)', async () => {
    const seen: string[][] = [];
    const host = await start({}, async ({ headers }) => {
      seen.push([...headers.keys()]);
      return Response.json({ jsonrpc: '2.0', id: 7, result: {} });
    });
    const { method, headers, body } = toSent({
      ...{ era: 'legacy', method: 'tools/call', params: { name: 'weather' } },
      token: await mint(host, 'mcp:tools:*'),
    });
    const identity = [
      'Client-Cert',
      'X-Forwarded-User',
      'Remote-User',
      'X-Remote_User',
      'X-SSL-Client-DN',
    ];
    const connection = ['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Request-Id', 'User-Agent'];
    const lines = [...identity, ...connection].map((name) => [name, 'admin'] as const);
    expect((await host.send({ method, headers: [...headers, ...lines], body })).status).toBe(200);
    const [names = []] = seen;
    for (const name of identity) expect(names).not.toContain(name.toLowerCase());
    for (const name of connection) expect(names).toContain(name.toLowerCase());
  });
});
