import { expect, it } from 'vitest';
import { call, callTool, messageOf, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ network, issuer, start, mint }) => {
  const list = { era: 'legacy', method: 'tools/list' } as const;

  it('publishes one metadata document for its path, whatever Host and proxies say (RS-01, RS-02, RS-04, RS-05, RS-09, RS-12, ATK-84)', async () => {
    const host = await start();
    const headers = [
      ['Host', 'evil.example'],
      ['X-Forwarded-Host', 'evil.example'],
      ['X-Forwarded-Proto', 'https'],
    ] as const;
    const path = '/.well-known/oauth-protected-resource/mcp';
    const answer = await host.send({ method: 'GET', path, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(JSON.parse(answer.text)).toEqual({
      resource: host.url,
      authorization_servers: [issuer().issuer],
      scopes_supported: ['mcp:tools:weather'],
      bearer_methods_supported: ['header'],
    });
    const root = '/.well-known/oauth-protected-resource';
    expect((await host.send({ method: 'GET', path: root, headers: [] })).status).toBe(404);
    // For everybody, as the document is.
    const refused = await host.send({ method: 'POST', path, headers: [], body: '{}' });
    expect([refused.status, refused.headers.get('vary')]).toEqual([405, null]);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(host.sink.events).toMatchObject([
      { kind: 'discovery', document: 'protected_resource', status: 200 },
      { kind: 'discovery', document: 'protected_resource', status: 405 },
    ]);
  });

  it('refuses a foreign Host and any Origin that is not allowed (RS-100, ATK-83)', async () => {
    const host = await start();
    const token = await mint(host);
    const { port } = new URL(host.url);
    for (const headers of [
      { Host: 'evil.example' },
      { Host: `evil.example:${port}` },
      { Host: `127.0.0.1.evil.example:${port}` },
      { Host: '127.0.0.1:1' },
      { Host: '127.0.0.1' },
      { Host: 'localhost' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'http://localhost.evil' },
      { Origin: 'http://localhost:6274/' },
      { Origin: 'ftp://localhost' },
      { Origin: 'http://localhost@evil.example' },
      { Origin: `http://127.0.0.1:${port}.evil.example` },
      { Origin: 'file://' },
    ]) {
      const answer = await call(host, { ...list, token, headers });
      expect([headers, answer.status]).toEqual([headers, 403]);
      expect(answer.headers.get('www-authenticate')).toBe(null);
      expect(answer.headers.get('access-control-allow-origin')).toBe(null);
    }
    expect(
      host.sink.events.every((event) => 'reason' in event && event.reason === 'foreign_source'),
    ).toBe(true);
    for (const origin of [new URL(host.url).origin, 'http://localhost:6274', 'http://[::1]:9']) {
      const answer = await call(host, { ...list, token, headers: { Origin: origin } });
      expect([origin, answer.status]).toEqual([origin, 200]);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('vary')).toContain('Origin');
    }
    expect((await call(host, { ...list, token })).status).toBe(200);
  });

  it('tells who calls it localhost by which URL it goes (RS-100)', async () => {
    const host = await start();
    const { port } = new URL(host.url);
    const headers = { Host: `localhost:${port}` };
    const answer = await call(host, { ...list, token: await mint(host), headers });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toEqual({
      error: 'access_denied',
      error_description: `This server answers at ${host.url}: use that URL, since tokens are made for it alone`,
    });
  });

  it('tells nobody else by which URL it goes: not under a foreign name, nor at another port', async () => {
    const host = await start();
    const token = await mint(host);
    for (const Host of ['evil.example', 'localhost:1']) {
      const answer = await call(host, { ...list, token, headers: { Host } });
      expect([Host, JSON.parse(answer.text)]).toEqual([
        Host,
        {
          error: 'access_denied',
          error_description: 'This server does not answer under that Host',
        },
      ]);
    }
  });

  it('allows the hosts and origins that it was told, and no other (RS-100)', async () => {
    const host = await start({
      allowedHosts: ['MCP.Example.com'],
      allowedOrigins: ['https://app.example.com'],
    });
    const token = await mint(host);
    const ask = async (headers: Record<string, string>) =>
      (await call(host, { ...list, token, headers: { Host: 'mcp.example.com', ...headers } }))
        .status;
    expect(await ask({})).toBe(200);
    expect(await ask({ Host: 'MCP.example.com' })).toBe(200);
    expect(await ask({ Host: new URL(host.url).host })).toBe(403);
    expect(await ask({ Origin: 'https://app.example.com' })).toBe(200);
    expect(await ask({ Origin: 'http://localhost:6274' })).toBe(403);
  });

  it('leads from the challenge to the document and from it back (RS-03, RS-04, RS-22)', async () => {
    const host = await start();
    const refused = await call(host, list);
    const [, found = ''] =
      /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
    expect(new URL(found).origin).toBe(new URL(host.url).origin);
    const answer = await host.send({ method: 'GET', path: new URL(found).pathname, headers: [] });
    expect(JSON.parse(answer.text)).toMatchObject({ resource: host.url });
  });

  it('answers who may not with OAuth JSON, what is no message with JSON-RPC, and makes up no code (RS-33)', async () => {
    const host = await start();
    const token = await mint(host);
    const bodyOf = async (what: Parameters<typeof toSent>[0], body?: string) => {
      const sent = toSent(what);
      return JSON.parse((await host.send({ ...sent, body: body ?? sent.body })).text) as unknown;
    };
    const payroll = { era: 'legacy', method: 'tools/call', params: { name: 'payroll' } } as const;
    expect(await bodyOf({ ...payroll, token: 'x' })).toMatchObject({ error: 'invalid_token' });
    expect(await bodyOf({ ...payroll, token })).toMatchObject({ error: 'insufficient_scope' });
    const jsonRpc = (code: number) => ({ jsonrpc: '2.0', error: { code } });
    expect(await bodyOf({ ...list, token }, '{')).toMatchObject(jsonRpc(-32700));
    expect(await bodyOf({ ...list, token }, '[]')).toMatchObject(jsonRpc(-32600));
    const modern = { era: 'modern', method: 'tools/list', token } as const;
    const headers = { 'Mcp-Method': 'ping' };
    expect(await bodyOf({ ...modern, headers })).toMatchObject(jsonRpc(-32020));
  });

  it('keeps the order: source, verb, form, token, body, version, scope (RS-77)', async () => {
    const host = await start({ maxBodyBytes: 2000 });
    const token = await mint(host);
    const bad = 'Bearer nonsense';
    const good = `Bearer ${token}`;
    const json = 'application/json';
    const huge = JSON.stringify({ pad: 'x'.repeat(3000) });
    const old = '1999-01-01';
    const payroll = toSent({
      era: 'legacy',
      method: 'tools/call',
      params: { name: 'payroll' },
    }).body;
    // Each line has the fault of its status and all the faults that are looked for later.
    const faults = [
      [
        403,
        'DELETE',
        { Origin: 'https://evil.example', 'Content-Type': 'a/b', Authorization: bad },
        huge,
      ],
      [405, 'DELETE', { 'Content-Type': 'a/b', Authorization: bad }, huge],
      [413, 'POST', { 'Content-Type': 'a/b', Authorization: bad, 'Content-Length': '3010' }, huge],
      [415, 'POST', { 'Content-Type': 'a/b', Authorization: bad }, '{'],
      [400, 'POST', { 'Content-Type': json, Authorization: `${bad} ${bad}` }, '{'],
      [401, 'POST', { 'Content-Type': json, Authorization: bad, 'MCP-Protocol-Version': old }, '{'],
      [
        400,
        'POST',
        { 'Content-Type': json, Authorization: good, 'MCP-Protocol-Version': old },
        '{',
      ],
      [
        400,
        'POST',
        { 'Content-Type': json, Authorization: good, 'MCP-Protocol-Version': old },
        payroll,
      ],
      [403, 'POST', { 'Content-Type': json, Authorization: good, Accept: 'a/b' }, payroll],
    ] as const;
    for (const [status, method, headers, body] of faults) {
      const given = network
        ? Object.entries(headers).filter(([name]) => name !== 'Content-Length')
        : Object.entries(headers);
      const answer = await host.send({ method, headers: given, body });
      expect([method, headers, answer.status]).toEqual([method, headers, status]);
    }
    expect(host.sink.events.map((event) => 'reason' in event && event.reason)).toEqual([
      'foreign_source',
      'method_not_allowed',
      'too_large',
      'media_type',
      'invalid_request',
      'token_malformed',
      'protocol_32700',
      'protocol_32022',
      'insufficient_scope',
    ]);
    // Who it was is on the record from the moment that it is known.
    const known = host.sink.events.map((event) => 'actor' in event && event.actor?.subject);
    expect(known).toEqual([...Array(6).fill(false), ...Array(3).fill('user-1')]);
  });

  it('has nothing to GET or DELETE and mints no session (RS-106, RS-42)', async () => {
    const host = await start();
    const authorization = ['Authorization', `Bearer ${await mint(host)}`] as const;
    for (const method of ['GET', 'DELETE', 'PUT', 'HEAD']) {
      const headers = [authorization, ['Mcp-Session-Id', 'x'], ['Last-Event-ID', '1']] as const;
      const answer = await host.send({ method, headers });
      expect([method, answer.status]).toEqual([method, 405]);
      expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
    }
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'c', version: '1' },
    };
    const token = await mint(host);
    const what = { era: 'legacy', method: 'initialize', params, token } as const;
    const begun = await call(host, { ...what, headers: { 'MCP-Protocol-Version': undefined } });
    expect(begun.status).toBe(200);
    expect(begun.headers.get('mcp-session-id')).toBe(null);
  });

  it('bounds bodies, nesting and names (RS-43, ATK-91)', async () => {
    const host = await start({ maxBodyBytes: 100_000 });
    const token = await mint(host);
    const { headers } = toSent({ ...list, token });
    const send = (body: string) => host.send({ method: 'POST', headers, body });
    expect((await send(JSON.stringify({ pad: 'x'.repeat(100_001) }))).status).toBe(413);
    for (const body of [
      `${'['.repeat(40_000)}${']'.repeat(40_000)}`,
      `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`,
      '',
      'null',
      '"text"',
      '[',
      '{"jsonrpc":"1.0","id":1,"method":"tools/list"}',
      '{"jsonrpc":"2.0","id":{},"method":"tools/list"}',
      '{"jsonrpc":"2.0","id":1,"method":["tools/list"]}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}',
    ]) {
      const answer = await send(body);
      expect([body.slice(0, 60), answer.status]).toEqual([body.slice(0, 60), 400]);
      expect(messageOf(answer)).toMatchObject({
        jsonrpc: '2.0',
        error: { code: expect.any(Number) },
      });
    }
    const uri = `notes://box/${'%'.repeat(9000)}`;
    const read = { era: 'legacy', method: 'resources/read', params: { uri }, token } as const;
    expect(messageOf(await call(host, read))).toMatchObject({ error: { code: -32602 } });
    const long = await call(host, { ...list, token: 'x'.repeat(13_000) });
    expect(long.status).toBe(401);
  });

  it('puts nothing from outside into a header or a second log line (RS-31, ATK-88)', async () => {
    const { auditLine } = await import('@portcullis/core');
    const host = await start();
    const token = await mint(host, 'mcp:tools:*');
    const name = 'x"\r\nSet-Cookie: a=b\u001b[31m\u202e\u2028';
    const answer = await callTool(host, 'legacy', token, name);
    expect(answer.headers.get('set-cookie')).toBe(null);
    expect(answer.headers.get('www-authenticate')).toBe(null);
    const [event] = host.sink.events;
    expect(event).toMatchObject({ name, reason: 'no_entry' });
    expect(event ? [...auditLine(event)].filter((one) => one < ' ' || one > '~') : null).toEqual(
      [],
    );
  });
});
