import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import type { AuthProvider, DownstreamRequest } from '@portcullis/core';
import { dpopProofs } from '@portcullis/core/jwt';
import { createFakeIssuer, createFakeProver, type FakeProver } from '@portcullis/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HandlerContext } from '../index.js';
import { statefulEndpoint as statefulV1 } from '../v1/index.js';
import { statefulEndpoint as statefulV2 } from '../v2/index.js';
import { toSent } from './calls.js';
import { createFixture } from './fixture.js';
import { onEveryHost } from './on-every-host.js';
import { forwardEverything, startUpstream, type Upstream } from './upstream.js';

let upstream: Upstream;
let prover: FakeProver;
beforeAll(async () => {
  [upstream, prover] = await Promise.all([startUpstream(), createFakeProver()]);
});
afterAll(() => upstream.close());
beforeEach(() => (upstream.received as Map<string, string>).clear());

onEveryHost(({ eras, sdk, issuer, start }) => {
  describe.each(eras)('a tool that sends all it has to another server, %s era', (era) => {
    it.each(['Bearer', 'DPoP'] as const)(
      'cannot send on the %s token, and gets one of its own (RS-65, ATK-49)',
      async (scheme) => {
        const exchanged: (DownstreamRequest & { readonly from: string })[] = [];
        let own = '';
        const host = await start({
          proofs: dpopProofs(),
          provider: {
            ...issuer().provider(),
            async exchange({ value }, want) {
              exchanged.push({ ...want, from: value });
              own = await issuer().mint({ claims: { aud: want.audience }, scopes: want.scopes });
              return {
                value: own,
                scheme: 'Bearer',
                expiresAt: Math.floor(Date.now() / 1000) + 300,
              };
            },
          },
        });
        const bound = scheme === 'DPoP' ? { cnf: { jkt: prover.jkt } } : {};
        const token = await issuer().mint({ claims: { aud: host.url, ...bound } });
        const proof = await prover.prove({ url: host.url, token });
        const params = { name: 'forward', arguments: { upstream: upstream.url } };
        const sent = toSent({
          ...{ era, method: 'tools/call', params },
          headers: {
            Authorization: `${scheme} ${token}`,
            DPoP: scheme === 'DPoP' ? proof : undefined,
            Cookie: 'login=chocolate-chip',
            'Proxy-Authorization': 'Basic cHJveHk6Y3J1bWJs',
            'X-Forwarded-Access-Token': token,
            'X-Original-Authorization': `${scheme} ${token}`,
            'X-Original-Proof': proof,
            'X-Signature-Alone': token.split('.')[2],
            'X-Region': 'north',
          },
        });
        const twice = encodeURIComponent(encodeURIComponent(`token=${token}`));
        const path = `/mcp?region=north&access_token=${token}&copy=${token}&${token}=1&next=${twice}`;
        const answer = await host.send({ ...sent, path });

        expect([answer.status, host.ran, exchanged]).toEqual([
          200,
          ['forward'],
          [{ audience: 'https://archive.example', scopes: ['archive:read'], from: token }],
        ]);
        const paths = ['/headers', '/url', '/auth-info', '/body'];
        const shown = sdk === 'v2' ? [...paths, '/request'] : paths;
        expect([...upstream.received.keys()]).toEqual([...shown, '/downstream']);
        // What is no secret does arrive, so the tool did see the request.
        expect(upstream.received.get('/headers')).toContain('north');
        expect(upstream.received.get('/url')).toContain('region=north');
        expect(upstream.received.get('/body')).toContain('user-1');
        const inbound = scheme === 'DPoP' ? [token, proof] : [token];
        const secrets = inbound.flatMap((jwt) => jwt.split('.').slice(1));
        const everything = [...upstream.received.values(), answer.text].join('\n');
        for (const secret of [...secrets, 'chocolate-chip', 'cHJveHk6Y3J1bWJs']) {
          expect(everything.includes(secret), secret).toBe(false);
        }
        expect(upstream.received.get('/downstream')).toContain(`Bearer ${own}`);
      },
    );
  });
});

describe.each(['v1', 'v2'] as const)('within a session of %s', (sdk) => {
  it('a tool cannot send on the token of any request (RS-65, ATK-49)', async () => {
    const issuer = await createFakeIssuer();
    const url = 'http://127.0.0.1:4321/mcp';
    const exchange: AuthProvider['exchange'] = async () => ({
      ...{ value: 'another token', scheme: 'Bearer', expiresAt: 9_999_999_999 },
    });
    const { auth } = createFixture(issuer, url, { provider: { ...issuer.provider(), exchange } });
    const info = { name: 'tests', version: '1.0.0' };
    const forward = async (ctx: HandlerContext & object) => {
      await forwardEverything(ctx, auth.context(ctx), upstream.url);
      return { content: [] };
    };
    const endpoint =
      sdk === 'v1'
        ? statefulV1(() => {
            const server = new McpServerV1(info);
            server.registerTool('forward', {}, (extra) => forward(extra));
            return server;
          })
        : statefulV2(() => {
            const server = new McpServer(info);
            server.registerTool('forward', {}, (ctx) => forward(ctx));
            return server;
          });
    const handler = auth.protect(endpoint, { sdk, sessions: true });
    const tokens: string[] = [];
    const send = async (method: string, params: object, session = '') => {
      const token = await issuer.mint({ claims: { aud: url } });
      tokens.push(token);
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
        'x-forwarded-access-token': token,
        ...(session ? { 'mcp-session-id': session } : {}),
      };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const response = await handler(new Request(url, { method: 'POST', headers, body }));
      await response.text();
      return response;
    };
    const client = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: info };
    const opened = await send('initialize', client);
    const session = opened.headers.get('mcp-session-id') ?? '';
    await send('tools/call', { name: 'forward', arguments: {} }, session);
    expect(upstream.received.get('/body')).toContain('user-1');
    expect(upstream.received.get('/downstream')).toContain('Bearer another token');
    const sent = [...upstream.received.values()].join('\n');
    for (const secret of tokens.flatMap((token) => token.split('.').slice(1))) {
      expect(sent.includes(secret), secret).toBe(false);
    }
    expect(tokens).toHaveLength(2);
    await Promise.all([endpoint.close(), issuer.close()]);
  });
});
