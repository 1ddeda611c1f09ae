import { describe, expect, it } from 'vitest';
import { type Call, call, messageOf, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

const ofThe2025Era = ['2025-03-26', '2025-06-18', '2025-11-25'] as const;

/** What servers of one revision and clients of another say to each other, side by side on one endpoint. */
onEveryHost(({ sdk, eras, start, mint }) => {
  const served = [...ofThe2025Era, ...(eras.includes('modern') ? ['2026-07-28'] : [])];

  const as = (version: string | undefined, what: Omit<Call, 'era'>): Call => ({
    ...what,
    era: version === '2026-07-28' ? 'modern' : 'legacy',
    headers: { 'MCP-Protocol-Version': version, ...what.headers },
  });
  const payroll = { method: 'tools/call', params: { name: 'payroll', arguments: {} } };
  const weather = { method: 'tools/call', params: { name: 'weather', arguments: {} } };

  it('serves all revisions it speaks at one endpoint, each in its own way (REV-01)', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:weather');
    const clientInfo = { name: 'tests', version: '1.0.0' };
    for (const version of ofThe2025Era) {
      const params = { protocolVersion: version, capabilities: {}, clientInfo };
      const answer = await call(host, as(undefined, { method: 'initialize', params, token }));
      expect(messageOf(answer).result).toMatchObject({ protocolVersion: version });
    }
    for (const version of served) {
      expect([version, (await call(host, as(version, { ...weather, token }))).status]).toEqual([
        version,
        200,
      ]);
    }
    expect(host.ran).toEqual(served.map(() => 'weather'));
  });

  describe.each(served)('%s', (version) => {
    const modern = version === '2026-07-28';

    it('finds the metadata and the scopes in the 401, and never offline_access (RS-07, RS-14, REV-03, REV-08, REV-11)', async () => {
      const host = await start();
      const document = `${new URL(host.url).origin}/.well-known/oauth-protected-resource/mcp`;
      const answer = await call(host, as(version, weather));
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        `Bearer scope="mcp:tools:weather", resource_metadata="${document}"`,
      ]);
      const { pathname: path } = new URL(document);
      const headers = [['MCP-Protocol-Version', version]] as const;
      const found = await host.send({ method: 'GET', path, headers });
      expect(JSON.parse(found.text)).toMatchObject({
        resource: host.url,
        scopes_supported: ['mcp:tools:weather'],
      });
      // A document of the server’s own would say that it is an issuer.
      const root = '/.well-known/oauth-authorization-server';
      expect((await host.send({ method: 'GET', path: root, headers })).status).toBe(404);
    });

    it('is told in the 403 all that is needed, and until 2025-11-25 what it has as well (REV-09, REV-11)', async () => {
      const host = await start();
      const token = await mint(host, 'mcp:prompts:brief', 'offline_access');
      const answer = await call(host, as(version, { ...payroll, token }));
      const asked = /scope="([^"]*)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1];
      expect([answer.status, asked]).toEqual([
        403,
        `${modern ? '' : 'mcp:prompts:brief '}mcp:tools:payroll mcp:tools:weather`,
      ]);
    });

    it('has scopes that imply others, and wildcards (REV-10)', async () => {
      const host = await start();
      for (const scopes of [['mcp:tools:*'], ['mcp:admin:all', 'mcp:tools:weather']]) {
        const token = await mint(host, ...scopes);
        expect((await call(host, as(version, { ...payroll, token }))).status).toBe(200);
      }
    });

    it('is believed by its headers only where they have to agree with the body (REV-14)', async () => {
      const host = await start();
      const token = await mint(host, 'mcp:tools:weather');
      const lie = { 'Mcp-Method': 'tools/list', 'Mcp-Name': 'weather' };
      const forbidden = await call(host, as(version, { ...payroll, token, headers: lie }));
      expect(forbidden.status).toBe(modern ? 400 : 403);
      const allowed = { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'payroll' };
      const fine = await call(host, as(version, { ...weather, token, headers: allowed }));
      expect(fine.status).toBe(modern ? 400 : 200);
      expect(host.ran).toEqual(modern ? [] : ['weather']);
    });

    it('may send an array in 2025-03-26 alone (REV-15)', async () => {
      const host = await start();
      const sent = toSent(
        as(version, { ...weather, token: await mint(host, 'mcp:tools:weather') }),
      );
      const answer = await host.send({ ...sent, body: `[${sent.body}]` });
      const may = version === '2025-03-26';
      expect([answer.status, host.ran]).toEqual(may ? [200, ['weather']] : [400, []]);
    });

    it('has no session to name or to go on with where none is kept (REV-16, REV-18, REV-19)', async () => {
      const host = await start();
      const token = await mint(host, 'mcp:tools:weather');
      const headers = { 'mcp-SESSION-id': 'another', 'Last-Event-ID': '1' };
      const answer = await call(host, as(version, { ...weather, token, headers }));
      expect([answer.status, host.ran]).toEqual([200, ['weather']]);
      expect(answer.headers.get('mcp-session-id')).toBe(null);
      for (const method of ['GET', 'DELETE']) {
        const lines = [
          ['Authorization', `Bearer ${token}`],
          ['MCP-Protocol-Version', version],
        ] as const;
        expect((await host.send({ method, headers: lines })).status).toBe(405);
      }
    });

    it('subscribes to nothing that it may not read (REV-21)', async () => {
      const host = await start();
      const token = await mint(host, 'mcp:resources:notes:read');
      const uri = 'notes://box/secret';
      const notifications = { resourceSubscriptions: [uri] };
      const listen = { method: 'subscriptions/listen', params: { notifications }, token };
      expect((await call(host, as(version, listen))).status).toBe(403);
      const subscribe = { method: 'resources/subscribe', params: { uri }, token };
      expect((await call(host, as(version, subscribe))).status).toBe(modern ? 404 : 403);
    });

    it('is given hints for caches in 2026-07-28 alone (REV-23)', async () => {
      const host = await start();
      const answer = await call(
        host,
        as(version, { method: 'tools/list', token: await mint(host) }),
      );
      const { cacheScope, ttlMs } = messageOf(answer).result as Record<string, unknown>;
      const none = [undefined, undefined];
      expect([cacheScope, ttlMs]).toEqual(modern ? ['private', expect.any(Number)] : none);
    });

    it('learns from no error what there is (REV-24)', async () => {
      const host = await start();
      const token = await mint(host, 'mcp:tools:*', 'mcp:resources:notes:read');
      const ask = async (method: string, params: Record<string, unknown> = {}) => {
        const answer = await call(host, as(version, { method, params, token }));
        return [answer.status, messageOf(answer).error] as const;
      };
      const unknown = await ask('no/method');
      expect(unknown).toMatchObject([modern ? 404 : 200, { code: -32601 }]);
      for (const uri of ['other://thing', 'notes://none']) {
        const [status, error] = await ask('resources/read', { uri });
        expect([status, error]).toMatchObject([
          200,
          { code: -32602, message: expect.stringContaining(uri) },
        ]);
      }
      const tool = async (name: string) => {
        const named = { method: 'tools/call', params: { name, arguments: {} } };
        return (await call(host, as(version, { ...named, token }))).text;
      };
      // There is a tool `hidden`, without an entry.
      expect(await tool('hidden')).toBe((await tool('nobody')).replaceAll('nobody', 'hidden'));
    });

    it('is refused from a foreign page (REV-25)', async () => {
      const host = await start();
      const headers = { Origin: 'https://evil.example' };
      const token = await mint(host, 'mcp:tools:weather');
      expect((await call(host, as(version, { ...weather, token, headers }))).status).toBe(403);
    });

    it('gets 401 before any 400, and with every 400 a message that says what is spoken (REV-13, REV-28)', async () => {
      const host = await start();
      const broken = [
        as(version, { ...weather, headers: { 'MCP-Protocol-Version': '2099-01-01' } }),
        as(version, { ...weather, headers: { 'MCP-Protocol-Version': 'x' } }),
        ...(modern ? ['Mcp-Name', 'MCP-Protocol-Version'] : []).map((name) =>
          as(version, { ...weather, headers: { [name]: undefined } }),
        ),
      ];
      const token = await mint(host, 'mcp:tools:weather');
      for (const what of broken) {
        expect((await call(host, what)).status).toBe(401);
        const answer = await call(host, { ...what, token });
        const { jsonrpc, error } = messageOf(answer);
        expect([answer.status, jsonrpc]).toEqual([400, '2.0']);
        expect([-32020, -32022, -32602]).toContain((error as { code: number }).code);
      }
      expect(host.ran).toEqual([]);
    });
  });

  it('takes who is silent about its revision for 2025-03-26, and no other silence (REV-13, REV-15)', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:weather');
    const silent = toSent(as(undefined, { ...weather, token }));
    expect((await host.send(silent)).status).toBe(200);
    expect((await host.send({ ...silent, body: `[${silent.body}]` })).status).toBe(200);
    const modern = { era: 'modern', ...weather, token } as const;
    const answer = await call(host, { ...modern, headers: { 'MCP-Protocol-Version': undefined } });
    expect([answer.status, messageOf(answer)]).toMatchObject([400, { error: { code: -32020 } }]);
  });

  if (sdk === 'v1') {
    it('answers a client of 2026-07-28 with no error of that revision, so that it falls back (REV-28)', async () => {
      const host = await start();
      const token = await mint(host, 'mcp:tools:weather');
      const answer = await call(host, as('2026-07-28', { ...weather, token }));
      const { error } = messageOf(answer);
      expect([answer.status, error, host.ran]).toMatchObject([400, { code: -32000 }, []]);
    });
  }
});
