import { expect, it } from 'vitest';
import { call, envelope, messageOf, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ eras, sdk, start, mint }) => {
  const tool = { method: 'tools/call', params: { name: 'payroll', arguments: {} } };

  it('refuses headers that are missing or say something else than the body (RS-70, RS-71, RS-77, ATK-60)', async () => {
    const host = await start();
    // Without any scope, so that a mismatch is seen to be judged before scopes.
    const token = await mint(host);
    const cases: readonly Readonly<Record<string, string | undefined>>[] = [
      { 'Mcp-Name': 'weather' },
      { 'Mcp-Name': 'PAYROLL' },
      { 'Mcp-Name': undefined },
      { 'Mcp-Method': 'tools/list' },
      { 'Mcp-Method': undefined },
      { 'Mcp-Name': 'payroll, payroll' },
      { 'Mcp-Name': '=?base64?d2VhdGhlcg==?=' },
      { 'Mcp-Name': '=?base64?!!!?=' },
      { 'Mcp-Name': '=?base64?cGF5cm9sbB?=' },
      { 'Mcp-Name': '=?base64?/w==?=' },
      { 'Mcp-Name': 'payroll\u00e9' },
    ];
    for (const headers of cases) {
      const answer = await call(host, { era: 'modern', ...tool, token, headers });
      expect([headers, answer.status]).toEqual([headers, 400]);
      expect(messageOf(answer)).toMatchObject({ id: 7, error: { code: -32020 } });
    }
    for (const name of ['Mcp-Name', 'Mcp-Method']) {
      const value = name === 'Mcp-Name' ? 'payroll' : 'tools/call';
      const twice = { era: 'modern', ...tool, token, extra: [[name, value]] } as const;
      expect((await call(host, twice)).status).toBe(400);
    }
    expect(host.ran).toEqual([]);
  });

  it('reads encoded names, header names in any case and values with space around (RS-71, RS-72)', async () => {
    const host = await start();
    const token = await mint(host);
    const fine = [
      { 'Mcp-Name': '=?base64?cGF5cm9sbA==?=' },
      { 'Mcp-Name': '  payroll\t' },
      { 'Mcp-Name': undefined, 'mCP-nAME': 'payroll' },
    ];
    for (const headers of fine) {
      const answer = await call(host, { era: 'modern', ...tool, token, headers });
      // 403: past the headers, and judged by what the body names.
      expect([headers, answer.status]).toEqual([headers, 403]);
    }
  });

  it('decides by the body where older clients send such headers (RS-74, ATK-61)', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:weather');
    const headers = { 'Mcp-Method': 'tools/list', 'Mcp-Name': 'weather' };
    for (const version of ['2025-11-25', '2025-06-18', undefined]) {
      const all = { ...headers, 'MCP-Protocol-Version': version };
      const answer = await call(host, { era: 'legacy', ...tool, token, headers: all });
      expect([version, answer.status]).toEqual([version, 403]);
    }
    expect(host.ran).toEqual([]);
  });

  it('refuses a version that the headers and the body disagree on, or that is unknown (RS-75)', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:*');
    const send = async (meta: Record<string, unknown> | undefined, version: string | undefined) => {
      const { headers } = toSent({
        era: 'modern',
        ...tool,
        token,
        headers: { 'MCP-Protocol-Version': version },
      });
      const params = { ...tool.params, ...(meta ? { _meta: meta } : {}) };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method: tool.method, params });
      const answer = await host.send({ method: 'POST', headers, body });
      return [answer.status, messageOf(answer).error] as const;
    };
    const key = 'io.modelcontextprotocol/protocolVersion';
    const mismatch = { code: -32020, message: expect.any(String) };
    expect(await send(envelope, '2025-11-25')).toEqual([400, mismatch]);
    expect(await send(envelope, undefined)).toEqual([400, mismatch]);
    expect(await send({ ...envelope, [key]: '2099-01-01' }, '2099-01-01')).toEqual([
      400,
      {
        code: -32022,
        message: 'Unsupported protocol version',
        data: { supported: ['2026-07-28'], requested: '2099-01-01' },
      },
    ]);
    expect(await send(undefined, 'latest-please')).toMatchObject([400, { code: -32602 }]);
    expect(await send(undefined, '1999-01-01')).toMatchObject([
      400,
      { code: -32022, data: { requested: '1999-01-01' } },
    ]);
    const invalid = { code: -32602, message: expect.stringContaining('Invalid params') };
    expect(await send(undefined, '2026-07-28')).toEqual([400, invalid]);
    expect(await send({ [key]: '2026-07-28' }, '2026-07-28')).toEqual([400, invalid]);
    expect(await send({ ...envelope, [key]: 20260728 }, '2026-07-28')).toEqual([400, invalid]);
    expect(host.ran).toEqual([]);
  });

  for (const era of eras) {
    it(`dispatches the very parse that was judged: ${era} (RS-74, RS-77, ATK-63)`, async () => {
      const host = await start();
      const token = await mint(host, 'mcp:tools:weather');
      const meta = era === 'modern' ? `,"_meta":${JSON.stringify(envelope)}` : '';
      const send = (name: string, inner: string, method = '"method":"tools/call"') => {
        const { headers } = toSent({ era, method: 'tools/call', params: { name }, token });
        const body = `{"jsonrpc":"2.0","id":7,${method},"params":{${inner}${meta}}}`;
        return host.send({ method: 'POST', headers, body });
      };
      const last = await send('payroll', '"name":"weather","name":"payroll"');
      expect(last.status).toBe(403);
      const first = await send('weather', '"name":"payroll","name":"weather"');
      expect(first.status).toBe(200);
      expect(host.ran).toEqual(['weather']);
      const escaped = await send('payroll', '"name":"weather","na\\u006de":"payroll"');
      expect(escaped.status).toBe(403);
      const methods = '"method":"tools/list","method":"tools/call"';
      expect((await send('payroll', '"name":"payroll"', methods)).status).toBe(403);
      const proto = await send('weather', '"name":"weather","__proto__":{"name":"payroll"}');
      expect(proto.status).toBe(400);
      expect(host.ran).toEqual(['weather']);
    });
  }

  if (sdk === 'v2') {
    it('leaves Mcp-Param-* to the SDK, which compares it with the same body (RS-73)', async () => {
      const host = await start();
      const token = await mint(host);
      const send = (region: string | undefined) =>
        call(host, {
          ...{ era: 'modern', method: 'tools/call', token },
          params: { name: 'by_header', arguments: { region: 'eu' } },
          headers: { 'Mcp-Param-Region': region },
        });
      for (const region of ['us', undefined]) {
        const answer = await send(region);
        expect([answer.status, messageOf(answer).error]).toMatchObject([400, { code: -32020 }]);
      }
      expect(host.ran).toEqual([]);
      expect((await send('eu')).status).toBe(200);
      expect(host.ran).toEqual(['by_header']);
    });
  }
});
