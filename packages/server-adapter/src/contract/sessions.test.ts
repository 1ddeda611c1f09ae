import { describe, expect, it } from 'vitest';
import { call } from './calls.js';
import { createFixture } from './fixture.js';
import { sessionPolicy, sessionServer } from './sessions-server.js';
import { onEveryHostWithSessions } from './sessions-stage.js';
import { begin, callOf, earOf, end, listen, messagesOf, post, read } from './sessions-talk.js';

const unknown = '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}';
const unnamed =
  '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Mcp-Session-Id header is required"},"id":null}';
const noReply =
  '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Bad Request: JSON-RPC responses cannot be posted to this endpoint"},"id":null}';

onEveryHostWithSessions(({ sdk, issuer, start, startWithSessions, mint, mintFor }) => {
  describe('a session', () => {
    it('serves its owner, and nobody else on POST, GET or DELETE (ATK-80, RS-103, RS-104)', async () => {
      const { host, ran, built } = await startWithSessions();
      const token = await mint(host, 'mcp:tools:weather');
      const session = await begin(host, token);
      expect(session).toMatch(/^[A-Za-z0-9_-]{90,}$/);
      expect((await post(host, callOf('weather'), { token, session })).status).toBe(200);

      const bob = await mintFor(host, { sub: 'user-2' }, 'mcp:tools:*');
      const otherClient = await mintFor(host, { client_id: 'client-2' }, 'mcp:tools:*');
      for (const foreign of [bob, otherClient]) {
        const said = { token: foreign, session };
        expect(await read(post(host, callOf('weather'), said))).toEqual([404, unknown]);
        expect(await read(listen(host, said))).toEqual([404, unknown]);
        expect(await read(end(host, said))).toEqual([404, unknown]);
      }
      expect(ran).toEqual(['weather']);
      expect(built()).toBe(1);
      // Still there, so nobody else has ended it.
      expect((await post(host, callOf('weather'), { token, session })).status).toBe(200);
      expect(host.sink.events.filter(({ kind }) => kind === 'decision')).toMatchObject([
        { outcome: 'allowed', method: 'initialize' },
        { outcome: 'allowed', method: 'notifications/initialized' },
        { outcome: 'allowed', name: 'weather' },
        ...Array.from({ length: 6 }, (_, index) => ({
          ...{ outcome: 'denied', reason: 'session_not_found', status: 404 },
          actor: index < 3 ? { subject: 'user-2' } : { clientId: 'client-2' },
        })),
        { outcome: 'allowed', name: 'weather' },
      ]);
    });

    it('is no authentication: without a token 401, with another its scopes count (RS-42, RS-103, ATK-80)', async () => {
      const { host, ran } = await startWithSessions();
      const weather = await mint(host, 'mcp:tools:weather');
      const session = await begin(host, weather);
      for (const send of [listen(host, { session }), end(host, { session })]) {
        expect((await send).status).toBe(401);
      }
      expect((await post(host, callOf('weather'), { session })).status).toBe(401);
      const invalid = { token: 'not.a.token', session };
      expect((await post(host, callOf('weather'), invalid)).status).toBe(401);

      const payroll = await mint(host, 'mcp:tools:payroll');
      expect((await post(host, callOf('payroll'), { token: weather, session })).status).toBe(403);
      expect((await post(host, callOf('weather'), { token: payroll, session })).status).toBe(403);
      expect(ran).toEqual([]);
      const done = await post(host, callOf('payroll'), { token: payroll, session });
      expect(messagesOf(await done.text())).toMatchObject([{ id: 1, result: {} }]);
      expect(done.headers.get('mcp-session-id')).toBe(session);
      expect(ran).toEqual(['payroll']);
    });

    it('is asked for where it is missing, and gone when it has ended (RS-105)', async () => {
      const { host } = await startWithSessions();
      const token = await mint(host, 'mcp:tools:weather');
      for (const send of [
        post(host, callOf('weather'), { token }),
        listen(host, { token }),
        end(host, { token }),
      ]) {
        expect(await read(send)).toEqual([400, unnamed]);
      }
      const session = await begin(host, token);
      expect(await read(end(host, { token, session }))).toEqual([200, '']);
      for (const send of [
        post(host, callOf('weather'), { token, session }),
        listen(host, { token, session }),
        end(host, { token, session }),
      ]) {
        expect(await read(send)).toEqual([404, unknown]);
      }
    });

    it('cannot be guessed, and is none at another resource of the same owner (ATK-82)', async () => {
      const { host, ran } = await startWithSessions();
      const token = await mint(host, 'mcp:tools:*');
      const session = await begin(host, token);
      const changed = `${session.slice(0, 40)}${session[40] === 'A' ? 'B' : 'A'}${session.slice(41)}`;
      const guesses = [crypto.randomUUID(), changed, session.slice(0, -4), 'null', '*', '0'];
      for (const guess of guesses) {
        const said = { token, session: guess };
        expect(await read(post(host, callOf('weather'), said))).toEqual([404, unknown]);
      }
      const { url } = host.neighbour;
      const there = await issuer().mint({ claims: { aud: url }, scopes: ['mcp:tools:*'] });
      const said = { token: there, session, url };
      expect(await read(post(host, callOf('weather'), said))).toEqual([404, unknown]);
      expect(ran).toEqual([]);
    });

    it('is over with all others when the server stops, and its stream with it', async () => {
      const { host, endpoint } = await startWithSessions();
      const token = await mint(host, 'mcp:tools:weather');
      const session = await begin(host, token);
      const stream = earOf(await listen(host, { token, session }));
      await endpoint.close();
      expect(await stream.rest()).not.toContain('data: {');
      const said = { token, session };
      expect(await read(post(host, callOf('weather'), said))).toEqual([404, unknown]);
      await expect(begin(host, token)).rejects.toThrow('No session began: 503');
    });

    it('opens again under the secrets that instances share, and under a new one beside them (RS-104)', async () => {
      const secrets = ['the first secret, of 32 characters or more'];
      const { host, endpoint } = await startWithSessions({ secrets });
      const token = await mint(host, 'mcp:tools:weather');
      const session = await begin(host, token);
      const { url } = host;
      const auth = (...all: string[]) =>
        createFixture(issuer(), url, { policy: sessionPolicy, secrets: all }).auth;
      const ask = async (...all: string[]) => {
        const other = auth(...all).protect(endpoint, { sdk, sessions: true });
        const over = {
          ...host,
          fetch: (...init: Parameters<typeof fetch>) => other(new Request(...init)),
        };
        return (await post(over, callOf('weather'), { token, session })).status;
      };
      expect(await ask(...secrets)).toBe(200);
      expect(await ask('another secret, of 32 characters or more', ...secrets)).toBe(200);
      expect(await ask('another secret, of 32 characters or more')).toBe(404);
    });

    it('leaves one decision and one completion for its stream, and for its end', async () => {
      const { host } = await startWithSessions();
      const token = await mint(host);
      const session = await begin(host, token);
      const stream = earOf(await listen(host, { token, session }));
      await end(host, { token, session });
      await stream.rest();
      const events = host.sink.events.slice(4);
      expect(events).toMatchObject([
        { kind: 'decision', outcome: 'allowed', method: 'GET', required: [], missing: [] },
        { kind: 'decision', outcome: 'allowed', method: 'DELETE' },
        { kind: 'completion', outcome: 'succeeded' },
        { kind: 'completion', outcome: 'succeeded' },
      ]);
      const ids = events.map((event) => ('operationId' in event ? event.operationId : ''));
      expect(new Set(ids.slice(0, 2))).toEqual(new Set(ids.slice(2)));
    });
  });

  if (sdk === 'v2') {
    it('knows no sessions in 2026-07-28: none is made, named or ended (RS-106, REV-16, REV-18)', async () => {
      const { host, ran } = await startWithSessions();
      const token = await mint(host, 'mcp:tools:weather');
      const session = await begin(host, token);
      for (const named of [session, 'anything']) {
        const headers = { 'Mcp-Session-Id': named, 'Last-Event-ID': 'anything' };
        const params = { name: 'weather', arguments: {} };
        const what = { era: 'modern', method: 'tools/call', params, token, headers } as const;
        const answer = await call(host, what);
        expect([answer.status, answer.headers.get('mcp-session-id')]).toEqual([200, null]);
      }
      expect(ran).toEqual(['weather', 'weather']);
      const said = { token, session, headers: { 'MCP-Protocol-Version': '2026-07-28' } };
      for (const send of [listen(host, said), end(host, said)]) {
        const { status, headers } = await send;
        expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
      }
      expect((await post(host, callOf('weather'), { token, session })).status).toBe(200);
    });
  }

  it('refuses a revision that there is not, on every verb (REV-13)', async () => {
    const { host, ran } = await startWithSessions();
    const token = await mint(host, 'mcp:tools:weather');
    const session = await begin(host, token);
    for (const version of ['2025-12-31', 'latest', 'x']) {
      const said = { token, session, headers: { 'MCP-Protocol-Version': version } };
      const answers = [post(host, callOf('weather'), said), listen(host, said), end(host, said)];
      for (const answer of answers)
        expect([version, (await answer).status]).toEqual([version, 400]);
    }
    expect(ran).toEqual([]);
    expect((await post(host, callOf('weather'), { token, session })).status).toBe(200);
  });

  it('says which verbs there are, also to pages', async () => {
    const { host } = await startWithSessions();
    const preflight = await host.fetch(host.url, {
      method: 'OPTIONS',
      headers: { Origin: new URL(host.url).origin, 'Access-Control-Request-Method': 'DELETE' },
    });
    expect(preflight.headers.get('access-control-allow-methods')).toBe(
      'GET, POST, DELETE, OPTIONS',
    );
    const { status, headers } = await host.fetch(host.url, { method: 'PUT' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, POST, DELETE, OPTIONS']);
  });

  it('lets no session through in either direction where it was not asked for (RS-106)', async () => {
    const { endpoint } = sessionServer(sdk);
    const host = await start({ policy: sessionPolicy }, endpoint);
    const token = await mint(host);
    await expect(begin(host, token)).rejects.toThrow('No session began: 200');
    const named = { token, session: crypto.randomUUID() };
    expect(await read(post(host, callOf('slow'), named))).toEqual([400, unnamed]);
    const reply = { jsonrpc: '2.0', id: 1, result: {} };
    expect(await read(post(host, reply, named))).toEqual([400, noReply]);
    for (const send of [listen(host, { token }), end(host, { token })]) {
      const { status, headers } = await send;
      expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    }
    await endpoint.close();
  });
});
