import { describe, expect, it } from 'vitest';
import { callTool, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ eras, issuer, start, mint }) => {
  for (const era of eras) {
    describe(era, () => {
      it('asks for a token without an error when none came (RS-20, RS-22, RS-23, RS-24)', async () => {
        const host = await start();
        const { origin } = new URL(host.url);
        const answer = await callTool(host, era, undefined, 'weather');
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe(
          `Bearer scope="mcp:tools:weather", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
        );
        expect(host.ran).toEqual([]);
      });

      it('calls a bad token invalid and keeps why to itself (RS-24, RS-50, RS-51, RS-53)', async () => {
        const host = await start();
        const { origin } = new URL(host.url);
        for (const kind of ['wrong_key', 'wrong_audience', 'alg_none', 'not_a_jwt'] as const) {
          const answer = await callTool(host, era, await issuer().mintBad(kind), 'weather');
          expect([answer.status, kind]).toEqual([401, kind]);
          expect(answer.headers.get('www-authenticate')).toBe(
            `Bearer error="invalid_token", scope="mcp:tools:weather", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", error_description="The access token is invalid, expired or was issued for another server"`,
          );
        }
        expect(host.ran).toEqual([]);
      });

      it('judges expiry before scope (RS-37)', async () => {
        const host = await start();
        const exp = Math.floor(Date.now() / 1000) - 3600;
        const token = await issuer().mint({ claims: { aud: host.url, exp } });
        expect((await callTool(host, era, token, 'payroll')).status).toBe(401);
      });

      it('refuses a token for another path or the bare origin of this host (RS-53, ATK-44)', async () => {
        const host = await start();
        for (const aud of [new URL(host.url).origin, `${host.url}-evil`, `${host.url}/`]) {
          const token = await issuer().mint({ claims: { aud }, scopes: ['mcp:tools:weather'] });
          expect((await callTool(host, era, token, 'weather')).status).toBe(401);
        }
      });

      it('takes two Authorization headers for a broken request (RS-26, ATK-48)', async () => {
        const host = await start();
        const token = await mint(host, 'mcp:tools:weather');
        const what = { era, method: 'tools/call', params: { name: 'weather' }, token };
        const again = [['Authorization', `Bearer ${token}`]] as const;
        const answer = await host.send(toSent({ ...what, extra: again }));
        expect(answer.status).toBe(400);
        expect(JSON.parse(answer.text)).toMatchObject({ error: 'invalid_request' });
        const joined = { Authorization: `Bearer ${token}, Bearer ${token}` };
        expect((await host.send(toSent({ ...what, headers: joined }))).status).toBe(400);
        expect(host.ran).toEqual([]);
      });

      it('finds no token in the query, the body or another scheme (RS-41, RS-43, ATK-48)', async () => {
        const host = await start();
        const token = await mint(host, 'mcp:tools:weather');
        const sent = toSent({ era, method: 'tools/call', params: { name: 'weather' } });
        const query = await host.send({ ...sent, path: `/mcp?access_token=${token}` });
        expect(query.status).toBe(401);
        const basic = [...sent.headers, ['Authorization', 'Basic dTpw']] as const;
        const answer = await host.send({ ...sent, headers: basic });
        expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
          401,
          expect.not.stringContaining('error='),
        ]);
        expect(JSON.stringify(host.sink.events)).not.toContain(token);
      });

      it('reads the scheme in any case, after any number of spaces (RS-40)', async () => {
        const host = await start();
        const headers = { Authorization: `bEaReR   ${await mint(host, 'mcp:tools:weather')}` };
        const what = { era, method: 'tools/call', params: { name: 'weather' }, headers };
        expect((await host.send(toSent(what))).status).toBe(200);
      });

      it('verifies every request anew: a good one opens nothing for the next (RS-42, RS-103)', async () => {
        const host = await start();
        const token = await mint(host, 'mcp:tools:weather');
        expect((await callTool(host, era, token, 'weather')).status).toBe(200);
        const headers = { 'Mcp-Session-Id': 'known' };
        const what = { era, method: 'tools/call', params: { name: 'weather' }, headers };
        expect((await host.send(toSent(what))).status).toBe(401);
      });

      it('shows the token to no handler, event or answer (RS-65, RS-66, ATK-49, ATK-90)', async () => {
        const host = await start();
        const token = await mint(host);
        const [, , signature = ''] = token.split('.');
        const sent = toSent({ era, method: 'tools/call', params: { name: 'whoami' }, token });
        const answer = await host.send({ ...sent, path: `/mcp?access_token=${token}&a=b` });
        expect(answer.text).toContain('user-1');
        expect(answer.text).not.toContain(signature);
        expect(answer.text.toLowerCase()).not.toContain('bearer');
        expect(JSON.stringify(host.sink.events)).not.toContain(signature);
      });

      it('keeps who calls itself apart from users (RS-64, ATK-51)', async () => {
        const host = await start();
        const claims = { aud: host.url, sub: 'owner', client_id: 'owner' };
        const machine = await issuer().mint({ claims });
        await callTool(host, era, machine, 'whoami');
        expect(host.sink.events[0]).toMatchObject({ actor: { kind: 'client', subject: 'owner' } });
      });
    });
  }

  it('answers an outage of the issuer by 503 with Retry-After, never by 401 (RS-61)', async () => {
    const host = await start({
      provider: { ...issuer().provider(), verify: outage },
    });
    const answer = await callTool(host, 'legacy', 'any-token', 'weather');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('www-authenticate')).toBe(null);
    expect(host.sink.events).toMatchObject([
      { kind: 'decision', outcome: 'unavailable', reason: 'provider_unavailable', status: 503 },
    ]);
  });
});

async function outage(): Promise<never> {
  const { ProviderUnavailableError } = await import('@portcullis/core');
  throw new ProviderUnavailableError('The issuer is away.', { retryAfter: 7 });
}
