import { describe, expect, it } from 'vitest';
import { call, callTool, messageOf, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

const denyInBand = ['client-1'];
const disconnect = 'Disconnect from this server, connect again';

onEveryHost(({ eras, sdk, issuer, start, mint }) => {
  for (const era of eras) {
    describe(era, () => {
      it('tells a client that drops a 403 what it lacks, in a result that a model gets to see (RS-33, RS-34)', async () => {
        const host = await start({ denyInBand });
        const { origin } = new URL(host.url);
        const token = await mint(host, 'mcp:tools:weather');
        const answer = await callTool(host, era, token, 'payroll');
        const scope = 'mcp:tools:payroll mcp:tools:weather';
        const named = era === 'modern' ? scope : 'mcp:tools:weather mcp:tools:payroll';
        expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([200, null]);
        expect(answer.headers.get('content-type')).toBe(
          era === 'modern' ? 'application/json' : 'text/event-stream',
        );
        expect(messageOf(answer)).toEqual({
          jsonrpc: '2.0',
          id: 7,
          result: {
            ...(era === 'modern' ? { resultType: 'complete' } : {}),
            content: [
              {
                type: 'text',
                text: `This needs the scopes ${named}, which the access token does not all hold. ${disconnect} and allow them.`,
              },
            ],
            isError: true,
            _meta: {
              'portcullis/denial': {
                error: 'insufficient_scope',
                scope: named,
                resource_metadata: `${origin}/.well-known/oauth-protected-resource/mcp`,
              },
            },
          },
        });
        expect(host.ran).toEqual([]);
        expect(host.sink.events).toMatchObject([
          {
            ...{ outcome: 'denied', reason: 'insufficient_scope', inBand: true, status: 200 },
            missing: ['mcp:tools:payroll'],
          },
        ]);
        // Framed as the SDK frames an error of a tool.
        const own = await callTool(host, era, token, 'crash');
        expect(own.headers.get('content-type')).toBe(answer.headers.get('content-type'));
        const keys = ({ result }: Record<string, unknown>) => Object.keys(result as object);
        expect(keys(messageOf(answer))).toEqual(expect.arrayContaining(keys(messageOf(own))));
      });

      it('answers other methods with an error outside every reserved range (RS-33)', async () => {
        const host = await start({ denyInBand });
        const token = await mint(host);
        const params = { uri: 'notes://box/1' };
        const answer = await call(host, { era, method: 'resources/read', params, token });
        expect(answer.status).toBe(200);
        expect(messageOf(answer)).toMatchObject({
          error: {
            code: 403,
            message: `This needs the scopes mcp:resources:notes:read, which the access token does not all hold. ${disconnect} and allow them.`,
            data: { error: 'insufficient_scope', scope: 'mcp:resources:notes:read' },
          },
        });
      });

      it('says so too where no consent would help, and where a sign-in is too old', async () => {
        const tools = {
          mine: { needs: [], rule: () => false },
          whoami: { needs: [], maxAge: 60, acr: ['mfa'] },
        };
        const host = await start({ denyInBand, policy: { tools } });
        const token = await mint(host);
        const results = [];
        for (const name of ['mine', 'whoami']) {
          const answer = await callTool(host, era, token, name);
          expect(answer.status).toBe(200);
          results.push(messageOf(answer).result);
        }
        expect(results).toMatchObject([
          {
            content: [{ type: 'text', text: 'This caller may not do that' }],
            isError: true,
            _meta: { 'portcullis/denial': { error: 'access_denied' } },
          },
          {
            content: [
              {
                text: `This needs a more recent or stronger sign-in. ${disconnect} and sign in.`,
              },
            ],
            _meta: {
              'portcullis/denial': {
                error: 'insufficient_user_authentication',
                max_age: 60,
                acr_values: 'mfa',
              },
            },
          },
        ]);
        expect(host.sink.events).toMatchObject([
          { outcome: 'denied', reason: 'rule', inBand: true },
          { outcome: 'denied', reason: 'stale', inBand: true },
        ]);
      });

      it('goes by the client id of the token or a function of the principal, and by the specification for everybody else', async () => {
        const token = async (url: string, client_id: string) =>
          issuer().mint({ claims: { aud: url, client_id } });
        const statusFor = async (given: typeof denyInBand | (() => boolean), client: string) => {
          const host = await start({ denyInBand: given });
          return (await callTool(host, era, await token(host.url, client), 'weather')).status;
        };
        expect(await statusFor(denyInBand, 'client-1')).toBe(200);
        expect(await statusFor(denyInBand, 'client-2')).toBe(403);
        expect(await statusFor(() => true, 'client-2')).toBe(200);
        expect(await statusFor(() => 'yes' as unknown as boolean, 'client-2')).toBe(403);
        expect(await statusFor(() => JSON.parse('{'), 'client-2')).toBe(403);
      });

      it('goes on telling who comes back for more, since nobody was asked', async () => {
        const host = await start({ denyInBand });
        for (let times = 0; times < 5; times += 1) {
          const answer = await callTool(host, era, await mint(host), 'weather');
          expect(answer.text).toContain('This needs the scopes mcp:tools:weather');
        }
      });

      it('leaves names that do not exist, and tokens that are bad, as they are (RS-20, RS-83)', async () => {
        const [told, usual] = [await start({ denyInBand }), await start()];
        for (const name of ['nobody', 'hidden']) {
          const texts = await Promise.all(
            [told, usual].map(
              async (host) => (await callTool(host, era, await mint(host), name)).text,
            ),
          );
          expect(texts[0]).toBe(texts[1]);
        }
        // Input that is wrong is no denial: whoever sent it has to find what.
        const wrong = await Promise.all(
          [told, usual].map(async (host) => {
            const token = await mint(host, 'mcp:exec:workflows:*');
            return callTool(host, era, token, 'run_workflow', { name: 'nobody' });
          }),
        );
        expect(wrong[0]?.text).toContain('-32602');
        expect(wrong[0]?.text).toBe(wrong[1]?.text);
        expect((await callTool(told, era, 'bad', 'weather')).status).toBe(401);
      });
    });
  }

  it('answers each request of a refused batch, and a refused notification as ever (RS-79)', async () => {
    const methods = { 'notifications/roots/list_changed': ['mcp:admin:all'] } as const;
    const tools = { weather: ['mcp:tools:weather'], whoami: [] } as const;
    const host = await start({ denyInBand, policy: { tools, methods } });
    const sent = toSent({ era: 'legacy', method: 'x', token: await mint(host) });
    const headers = sent.headers.filter(([name]) => name !== 'MCP-Protocol-Version');
    const post = (body: unknown) =>
      host.send({
        ...sent,
        headers: [...headers, ['MCP-Protocol-Version', '2025-03-26']],
        body: JSON.stringify(body),
      });
    const request = (id: number, name: string) => ({
      ...{ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: {} } },
    });
    const answer = await post([request(1, 'whoami'), request(2, 'weather')]);
    const told = [...answer.text.matchAll(/^data: (.*)$/gm)].map(([, data]) =>
      JSON.parse(data ?? ''),
    );
    expect(answer.status).toBe(200);
    expect(told).toMatchObject([
      { id: 1, result: { isError: true } },
      { id: 2, result: { isError: true } },
    ]);
    const notification = { jsonrpc: '2.0', method: 'notifications/roots/list_changed' };
    expect((await post(notification)).status).toBe(403);
    expect([sdk, host.ran]).toEqual([sdk, []]);
  });
});
