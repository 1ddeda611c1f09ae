import type { AuthProvider } from '@portcullis/core';
import { createGrantReader } from '@portcullis/core/jwt';
import { describe, expect, it } from 'vitest';
import type { McpEndpoint } from '../index.js';
import { call, callTool, messageOf, toSent } from './calls.js';
import type { Sent } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ eras, issuer, start, mint }) => {
  for (const era of eras) {
    describe(era, () => {
      it('runs what the scopes cover (RS-57)', async () => {
        const host = await start();
        const token = await mint(host, 'mcp:tools:weather');
        const answer = await callTool(host, era, token, 'weather');
        expect([answer.status, host.ran]).toEqual([200, ['weather']]);
      });

      it('names every required scope in the 403, before anything runs (RS-27, RS-28, RS-29, RS-34)', async () => {
        const host = await start();
        const { origin } = new URL(host.url);
        const token = await mint(host, 'mcp:prompts:brief', 'offline_access');
        const answer = await callTool(host, era, token, 'payroll');
        expect(answer.status).toBe(403);
        const held = era === 'modern' ? '' : 'mcp:prompts:brief ';
        expect(answer.headers.get('www-authenticate')).toBe(
          `Bearer error="insufficient_scope", scope="${held}mcp:tools:payroll mcp:tools:weather", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", error_description="The access token lacks a scope that this operation needs"`,
        );
        expect(host.ran).toEqual([]);
      });

      it('asks in the issuer’s spelling, and for nothing that a role gives (RS-29)', async () => {
        const { read: grants } = createGrantReader(
          { scopePrefix: 'api/', roleClaims: ['roles'], roles: { clerk: ['mcp:prompts:brief'] } },
          ['scope'],
        );
        const provider = { ...issuer().provider({ mapping: { grants } }), scopePrefix: 'api/' };
        const host = await start({ provider });
        const claims = { aud: host.url, scope: 'openid api/mcp:tools:weather', roles: ['clerk'] };
        const answer = await callTool(host, era, await issuer().mint({ claims }), 'payroll');
        const asked = answer.headers.get('www-authenticate')?.match(/scope="([^"]*)"/)?.[1];
        const held = era === 'modern' ? '' : 'openid ';
        expect(asked?.split(' ').toSorted()).toEqual(
          `${held}api/mcp:tools:payroll api/mcp:tools:weather`.split(' ').toSorted(),
        );
      });

      it('honours wildcards and implication, and no prefix (RS-58, RS-59, ATK-66)', async () => {
        const host = await start();
        const enough = [['mcp:tools:*'], ['mcp:admin:all', 'mcp:tools:weather']];
        for (const scopes of enough) {
          const answer = await callTool(host, era, await mint(host, ...scopes), 'payroll');
          expect([scopes, answer.status]).toEqual([scopes, 200]);
        }
        const short = [
          ['mcp:tools:pay*'],
          ['mcp:tools'],
          ['MCP:TOOLS:*'],
          ['*'],
          ['mcp:*:weather'],
        ];
        for (const scopes of short) {
          const answer = await callTool(host, era, await mint(host, ...scopes), 'payroll');
          expect([scopes, answer.status]).toEqual([scopes, 403]);
        }
      });

      it('does not ask for a consent that cannot help (RS-34)', async () => {
        const host = await start();
        const claims = { aud: host.url, sub: 'machine', client_id: 'machine' };
        const answer = await callTool(host, era, await issuer().mint({ claims }), 'payroll');
        expect(answer.status).toBe(403);
        expect(answer.headers.get('www-authenticate')).toBe(null);
        expect(JSON.parse(answer.text)).toEqual({
          error: 'access_denied',
          error_description: 'This caller may not do that',
        });
        expect(host.sink.events).toMatchObject([{ outcome: 'denied', reason: 'unobtainable' }]);
      });

      it('answers a name without an entry byte for byte as the SDK answers one that does not exist (RS-78, RS-83)', async () => {
        const host = await start();
        const token = await mint(host, 'mcp:tools:*', 'mcp:prompts:brief');
        const cases = [
          ['tools/call', { name: 'nobody', arguments: {} }],
          ['tools/call', { name: 'weather ', arguments: {} }],
          ['tools/call', { name: 'Weather', arguments: {} }],
          ['tools/call', { name: 'na"me\n', arguments: {} }],
          ['prompts/get', { name: 'nobody' }],
          ['resources/read', { uri: 'other://thing' }],
          ['resources/read', { uri: 'OTHER://thing/../%61' }],
          ['resources/read', { uri: 'no uri' }],
          ['tasks/list', {}],
        ] as const;
        for (const [method, params] of cases) {
          const what = { era, method, params, token };
          const answer = await call(host, what);
          const bare = await host.bare(...toBare(toSent(what), host.url));
          const theirs = { status: bare.status, text: await bare.text() };
          expect({ status: answer.status, text: answer.text }).toEqual(theirs);
          expect(answer.headers.get('content-type')).toBe(bare.headers.get('content-type'));
        }
        // What is registered without an entry looks the same.
        for (const name of ['hidden', '__proto__', 'constructor']) {
          const answer = await callTool(host, era, token, name);
          const unknown = await callTool(host, era, token, 'nobody');
          expect(answer.text).toBe(unknown.text.replace('nobody', name));
        }
        expect(host.ran).toEqual([]);
      });

      it('lets any valid token begin and list, for itself alone, and nothing else (RS-76, RS-78, RS-81, RS-82, ATK-64)', async () => {
        const host = await start();
        const token = await mint(host);
        const listed = await call(host, { era, method: 'tools/list', params: {}, token });
        expect(messageOf(listed)).toMatchObject({ result: { tools: expect.any(Array) } });
        if (era === 'modern') {
          for (const method of ['initialize', 'ping', 'logging/setLevel']) {
            expect([method, (await call(host, { era, method, token })).status]).toEqual([
              method,
              404,
            ]);
          }
          expect(messageOf(listed)).toMatchObject({
            result: { cacheScope: 'private', ttlMs: expect.any(Number) },
          });
        }
        // The policy's own entry asks more than the table does.
        expect((await call(host, { era, method: 'prompts/list', params: {}, token })).status).toBe(
          403,
        );
        for (const method of [
          'admin/drop',
          'tools/call ',
          'Tools/Call',
          'tasks/get',
          'constructor',
        ]) {
          const params = { name: 'weather', taskId: 'x' };
          const headers = era === 'modern' && method === 'tasks/get' ? { 'Mcp-Name': 'x' } : {};
          const answer = await call(host, { era, method, params, token, headers });
          const status = era === 'modern' ? (method.endsWith(' ') ? 400 : 404) : 200;
          expect([method, answer.status]).toEqual([method, status]);
          if (status !== 400) {
            expect(messageOf(answer)).toEqual({
              jsonrpc: '2.0',
              id: 7,
              error: { code: -32601, message: 'Method not found' },
            });
            // Ours and not the SDK's, which may come to know the method.
            expect(host.sink.events.at(-1)).toMatchObject({ method, reason: 'no_entry' });
          }
        }
        expect(host.ran).toEqual([]);
      });

      it('needs every template that matches, in every spelling of a URI (RS-78, ATK-64)', async () => {
        const host = await start();
        const read = async (uri: string, ...scopes: string[]) => {
          const token = await mint(host, ...scopes);
          const answer = await call(host, {
            era,
            method: 'resources/read',
            params: { uri },
            token,
          });
          return answer.status === 200 ? Object.keys(messageOf(answer))[0] : answer.status;
        };
        const reader = 'mcp:resources:notes:read';
        expect(await read('notes://box/1', reader)).toBe('result');
        expect(await read('notes://box/secret', reader)).toBe(403);
        expect(await read('notes://box/secret', reader, 'mcp:resources:notes:secret')).toBe(
          'result',
        );
        for (const uri of [
          'NOTES://box/secret',
          'notes://box/./secret',
          'notes://box/x/../secret',
          'notes://box/%73ecret',
          ' notes://box/secret',
          'notes://box/sec\tret',
        ]) {
          expect([uri, await read(uri, reader)]).toEqual([uri, 403]);
        }
        expect(host.ran).toEqual(['notes://box/1', 'notes://box/secret']);
      });

      it('reads needs from validated arguments and refuses what they cannot be read from (RS-91)', async () => {
        const host = await start();
        const token = await mint(host, 'mcp:exec:workflows:daily');
        const run = (args: object) => callTool(host, era, token, 'run_workflow', args);
        expect((await run({ name: 'daily' })).status).toBe(200);
        const short = await run({ name: 'close' });
        expect(short.headers.get('www-authenticate')).toContain('mcp:exec:workflows:close');
        for (const args of [{ name: 'payday' }, {}, { name: ['daily'] }]) {
          const answer = await run(args);
          expect(messageOf(answer)).toMatchObject({
            id: 7,
            error: { code: -32602, message: expect.stringMatching(/^Invalid arguments: name: /) },
          });
        }
        expect(JSON.stringify(host.sink.events)).not.toMatch(/payday|Invalid arguments/);
        expect(host.ran).toEqual(['daily']);
      });

      it('refuses needs that are not among the declared possible ones', async () => {
        const host = await start();
        const answer = await callTool(host, era, await mint(host, 'mcp:tools:*'), 'broken');
        expect(answer.status).toBe(403);
        expect(host.sink.events).toMatchObject([{ outcome: 'denied', reason: 'policy_defect' }]);
        expect(host.ran).toEqual([]);
      });

      it('asks the rule of an entry after its scopes (RS-60)', async () => {
        const host = await start();
        const owner = await issuer().mint({ claims: { aud: host.url, sub: 'owner' } });
        expect((await callTool(host, era, owner, 'mine')).status).toBe(200);
        const answer = await callTool(host, era, await mint(host, 'mcp:tools:*'), 'mine');
        expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([403, null]);
        expect(host.ran).toEqual(['mine']);
      });

      it('names in words what a running tool lacks', async () => {
        const host = await start();
        const message = messageOf(await callTool(host, era, await mint(host), 'late'));
        expect(message).toMatchObject({ result: { isError: true } });
        expect(JSON.stringify(message)).toContain(
          'This needs the scope mcp:tools:payroll, which the access token does not hold.',
        );
        expect(host.ran).toEqual([]);
      });

      it('judges completion like what it completes (ATK-64)', async () => {
        const host = await start();
        const params = {
          ref: { type: 'ref/prompt', name: 'brief' },
          argument: { name: 'topic', value: '' },
        };
        const what = { era, method: 'completion/complete', params };
        expect((await call(host, { ...what, token: await mint(host) })).status).toBe(403);
        const secret = { ...params, ref: { type: 'ref/resource', uri: 'notes://box/secret' } };
        const token = await mint(host, 'mcp:prompts:brief', 'mcp:resources:notes:read');
        expect((await call(host, { ...what, params: secret, token })).status).toBe(403);
        const nobody = { ...params, ref: { type: 'ref/prompt', name: 'hidden' } };
        const unknown = await call(host, { ...what, params: nobody, token });
        expect(messageOf(unknown)).toMatchObject({ error: { code: -32602 } });
        const template = { ...params, ref: { type: 'ref/resource', uri: 'notes://box/{id}' } };
        expect((await call(host, { ...what, params: template, token })).status).not.toBe(403);
        expect((await call(host, { ...what, params: { ref: {} }, token })).status).toBe(200);
        expect(host.ran).toEqual([]);
      });

      it('judges a subscription like reading what it is about (RS-85)', async () => {
        const host = await start();
        const reader = await mint(host, 'mcp:resources:notes:read');
        const listen = (token: string, ...uris: string[]) => {
          const params = { notifications: { resourceSubscriptions: uris } };
          return call(host, { era, method: 'subscriptions/listen', params, token });
        };
        expect((await listen(reader, 'notes://box/secret')).status).toBe(403);
        expect((await listen(await mint(host), 'notes://box/1')).status).toBe(403);
        expect(messageOf(await listen(reader, 'other://thing'))).toMatchObject({
          error: { code: -32602 },
        });
        for (const method of ['resources/subscribe', 'resources/unsubscribe']) {
          const what = { era, method, params: { uri: 'notes://box/secret' }, token: reader };
          const status = era === 'modern' ? 404 : 403;
          expect([method, (await call(host, what)).status]).toEqual([method, status]);
        }
      });

      it('does not run 10,000 granted scopes into the ground, nor its header (ATK-66)', async () => {
        const host = await start({
          provider: crowded(issuer().issuer),
        });
        const started = performance.now();
        const answer = await callTool(host, era, 'any', 'payroll');
        expect(performance.now() - started).toBeLessThan(1000);
        expect(answer.status).toBe(403);
        expect(answer.headers.get('www-authenticate')?.length).toBeLessThan(1000);
      });
    });
  }

  it('passes a batch of 2025-03-26 whole or not at all (RS-79, ATK-62)', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:weather');
    const member = (id: number, name: string) => ({
      ...{ jsonrpc: '2.0', id, method: 'tools/call' },
      params: { name, arguments: {} },
    });
    const batch = (version: string | undefined, ...names: string[]) => {
      const headers = { 'MCP-Protocol-Version': version };
      const sent = toSent({ era: 'legacy', method: 'tools/call', token, headers });
      return host.send({
        ...sent,
        body: JSON.stringify(names.map((name, id) => member(id, name))),
      });
    };
    const allowed = await batch('2025-03-26', 'weather', 'weather');
    expect([allowed.status, host.ran]).toEqual([200, ['weather', 'weather']]);
    const mixed = await batch('2025-03-26', 'weather', 'payroll');
    expect(mixed.status).toBe(403);
    expect(mixed.headers.get('www-authenticate')).toContain(
      'scope="mcp:tools:weather mcp:tools:payroll"',
    );
    expect((await batch(undefined, 'payroll', 'weather')).status).toBe(403);
    expect((await batch('2025-03-26', 'weather', 'hidden')).status).toBe(403);
    for (const version of ['2025-06-18', '2025-11-25', '2026-07-28']) {
      const answer = await batch(version, 'weather');
      expect([version, answer.status]).toEqual([version, 400]);
      expect(messageOf(answer)).toMatchObject({ error: { code: -32600 } });
    }
    expect((await batch('2025-03-26')).status).toBe(400);
    expect((await batch('2025-03-26', ...Array(101).fill('weather'))).status).toBe(400);
    expect(host.ran).toEqual(['weather', 'weather']);
  });

  it('lets no client answer what nobody asked', async () => {
    const host = await start();
    const sent = toSent({ era: 'legacy', method: 'x', token: await mint(host) });
    const answers = [
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'x' } },
      { jsonrpc: '2.0', id: 1, method: 'tools/list', result: {} },
    ];
    for (const body of answers) {
      expect((await host.send({ ...sent, body: JSON.stringify(body) })).status).toBe(400);
    }
  });
});

function crowded(issuer: string): AuthProvider {
  const scopes = Array.from({ length: 10_000 }, (_, index) => `mcp:tools:tool-${index}`);
  return {
    specificationVersion: 'v1',
    id: 'crowded',
    authorizationServers: [issuer],
    verify: async () => ({
      kind: 'principal',
      actor: 'user',
      ...{ issuer, subject: 'user-1', clientId: 'client-1', tokenId: 'token-1' },
      ...{ scopes, expiresAt: Math.floor(Date.now() / 1000) + 60, claims: {} },
    }),
  };
}

/** The same request as an endpoint without a gate gets it. */
function toBare(sent: Sent, url: string): Parameters<McpEndpoint> {
  const request = new Request(url, {
    method: 'POST',
    headers: sent.headers.map(([name, value]) => [name, value] as [string, string]),
  });
  const authInfo = { token: '', clientId: '', scopes: [], expiresAt: 1, resource: new URL(url) };
  return [
    request,
    { authInfo: { ...authInfo, extra: {} }, parsedBody: JSON.parse(sent.body ?? '') },
  ];
}
