import { ProviderUnavailableError } from '@portcullis/core';
import { expect, it } from 'vitest';
import { toSent } from './calls.js';
import type { Host, Sent } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ issuer, start, mint }) => {
  const origin = 'http://localhost:6274';

  /** A call by a page, with something wrong or not. */
  function byPage(name: string, token: string, odd: Readonly<Record<string, string>> = {}): Sent {
    const params = { name, arguments: {} };
    const headers = { Origin: origin, ...odd };
    return toSent({ era: 'legacy', method: 'tools/call', params, token, headers });
  }

  /** What a browser needs to let a page read an answer, and to let nobody else have it. */
  async function shown(host: Host, sent: Sent) {
    const { status, headers } = await host.send(sent);
    const vary = (headers.get('vary') ?? '').split(', ');
    expect([status, vary.filter((name) => name === 'Origin')]).toEqual([status, ['Origin']]);
    return [
      status,
      headers.get('access-control-allow-origin'),
      headers.get('access-control-expose-headers'),
      headers.get('access-control-allow-credentials'),
    ];
  }

  it('lets a page read every kind of answer: results, challenges, refusals, outages, faults, preflights (RS-36)', async () => {
    const host = await start({ maxBodyBytes: 2000 });
    const token = await mint(host, 'mcp:tools:weather');
    const verify = () => Promise.reject(new ProviderUnavailableError('Away.'));
    const away = await start({ provider: { ...issuer().provider(), verify } });
    const broken = await start({}, () => Promise.reject(new Error('The endpoint broke.')));
    const sessional = await start({}, undefined, { sessions: true });
    const known = await mint(sessional, 'mcp:tools:weather');
    const good = byPage('weather', token);
    const preflight = [
      ['Origin', origin],
      ['Access-Control-Request-Method', 'POST'],
    ] as const;
    const kinds: readonly (readonly [number, Host, Sent])[] = [
      [200, host, good],
      [200, host, byPage('unknown', token)],
      [204, host, { method: 'OPTIONS', headers: preflight }],
      [400, host, { ...good, body: '{' }],
      [400, host, byPage('weather', token, { 'MCP-Protocol-Version': '1' })],
      [400, host, { ...good, headers: [...good.headers, ['Authorization', 'Bearer twice']] }],
      [401, host, byPage('weather', 'nonsense')],
      [401, host, { ...good, headers: good.headers.filter(([name]) => name !== 'Authorization') }],
      [403, host, byPage('payroll', token)],
      [404, sessional, byPage('weather', known, { 'Mcp-Session-Id': 'nobody-s' })],
      [405, host, { method: 'PUT', headers: good.headers }],
      [413, host, { ...good, body: ' '.repeat(2001) }],
      [415, host, byPage('weather', token, { 'Content-Type': 'text/plain' })],
      [500, broken, byPage('weather', await mint(broken, 'mcp:tools:*'))],
      [503, away, good],
    ];
    for (const [status, server, sent] of kinds) {
      expect(await shown(server, sent)).toEqual([
        status,
        origin,
        'WWW-Authenticate, Mcp-Session-Id, DPoP-Nonce, Retry-After',
        null,
      ]);
    }
  });

  it('lets a page read also that the document cannot be given now (RS-36)', async () => {
    const full = () => Promise.reject(new Error('The disk is full.'));
    const host = await start({ audit: [{ onFailure: 'block', write: full }] });
    const path = '/.well-known/oauth-protected-resource/mcp';
    const origin = 'http://localhost:6274';
    const answer = await host.send({ method: 'GET', path, headers: [['Origin', origin]] });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it('answers a preflight without a token, with the headers that MCP needs (RS-36)', async () => {
    const host = await start();
    const answer = await host.send({
      method: 'OPTIONS',
      headers: [
        ['Origin', 'http://localhost:6274'],
        ['Access-Control-Request-Method', 'POST'],
        [
          'Access-Control-Request-Headers',
          'authorization, mcp-param-region, x-evil, mcp-param-a b',
        ],
      ],
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-methods')).toBe('POST, OPTIONS');
    expect(answer.headers.get('access-control-max-age')).toBe('86400');
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, Last-Event-ID, DPoP, mcp-param-region',
    );
    expect(host.sink.events).toEqual([]);
  });

  it('lets a foreign page read nothing, whatever the answer, and no cache take one for the other (RS-100, ATK-83)', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:weather');
    for (const Origin of ['https://evil.example', 'null']) {
      const nothing = [403, null, null, null];
      expect(await shown(host, byPage('weather', token, { Origin }))).toEqual(nothing);
      const preflight = { method: 'OPTIONS', headers: [['Origin', Origin]] } as const;
      expect(await shown(host, preflight)).toEqual(nothing);
    }
  });
});
