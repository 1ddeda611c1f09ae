import type { AuthProvider, Revocation } from '@portcullis/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { McpEndpoint } from '../index.js';
import { call } from './calls.js';
import { createFixture } from './fixture.js';
import type { Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';
import { type SessionServer, sessionPolicy, sessionServer } from './sessions-server.js';
import { begin, callOf, earOf, end, idsOf, listen, messagesOf, post } from './sessions-talk.js';

const unknown = '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}';
const unnamed =
  '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Mcp-Session-Id header is required"},"id":null}';
const noReply =
  '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Bad Request: JSON-RPC responses cannot be posted to this endpoint"},"id":null}';
const noBatches =
  '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Bad Request: only MCP 2025-03-26 has JSON-RPC batches"},"id":null}';

const read = async (answer: Promise<Response>) => {
  const response = await answer;
  return [response.status, await response.text()];
};

onEveryHost(({ sdk, issuer, start, mint }) => {
  const open: SessionServer[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(({ endpoint }) => endpoint.close()));
  });

  async function startWithSessions(options: Parameters<typeof start>[0] = {}) {
    const server = sessionServer(sdk);
    open.push(server);
    const policy = sessionPolicy;
    const host = await start({ policy, ...options }, server.endpoint, { sessions: true });
    return { host, ...server };
  }

  const mintFor = (host: Host, claims: Record<string, unknown>, ...scopes: string[]) =>
    issuer().mint({ claims: { aud: host.url, ...claims }, scopes });

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

  describe('a stream', () => {
    it('brings what the server says to its owner, and goes on where it broke (RS-107, ATK-80)', async () => {
      const { host } = await startWithSessions();
      const token = await mint(host);
      const session = await begin(host, token);
      const tell = () => post(host, callOf('tell'), { token, session });
      const first = earOf(await listen(host, { token, session }));
      await (await tell()).text();
      const [last = ''] = idsOf(await first.until(/^data: .*\n\n/m));
      await first.cut();
      await (await tell()).text();

      // Nobody else, and nowhere else.
      const bob = await mintFor(host, { sub: 'user-2' });
      expect(await read(listen(host, { token: bob, session }, last))).toEqual([404, unknown]);
      const bobs = await begin(host, bob);
      const mine = await begin(host, token);
      for (const said of [{ token: bob, session: bobs }, { token, session: mine }, { token }]) {
        const [status, text] = await read(listen(host, said, last));
        expect([status, String(text).includes('list_changed')]).toEqual([400, false]);
      }
      for (const guess of ['1._GET_stream', '0', last.slice(1)]) {
        expect((await listen(host, { token, session }, guess)).status).toBe(400);
      }

      const second = earOf(await listen(host, { token, session }, last));
      const heard = await second.until(/^data: .*\n\n/m);
      expect(messagesOf(heard)).toEqual([
        { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
      ]);
      expect(idsOf(heard)).not.toContain(last);
      await second.cut();
    });

    it('gives the answer of a call to who comes back for it, and to nobody else (RS-107)', async () => {
      const { host, release, ran } = await startWithSessions();
      const token = await mint(host);
      const session = await begin(host, token);
      const answer = earOf(await post(host, callOf('slow', 'a'), { token, session }));
      const [primed = ''] = idsOf(await answer.until(/^id: .*\n(retry: .*\n)?data: \n\n/m));
      expect(ran).toEqual(['slow']);
      await answer.cut();
      release();
      const other = await mintFor(host, { client_id: 'client-2' });
      const said = { token: other, session: await begin(host, other) };
      expect((await listen(host, said, primed)).status).toBe(400);
      const resumed = earOf(await listen(host, { token, session }, primed));
      const heard = await resumed.until('"result"');
      expect(messagesOf(heard)).toMatchObject([
        { id: 'a', result: { content: [{ type: 'text', text: 'slow' }] } },
      ]);
      await resumed.cut();
    });

    it('brings a completion only once: what may be shown of it later, nobody knows (RS-107)', async () => {
      const answer = (id: unknown, result: object) =>
        `id: 1\ndata: \n\nid: 2\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`;
      const endpoint: McpEndpoint = async (_request, { parsedBody }) => {
        const { id, method } = parsedBody as { id: unknown; method: string };
        const completion = { values: ['1', 'secret'] };
        const result = method === 'completion/complete' ? { completion } : { tools: [] };
        return new Response(answer(id, result), {
          headers: { 'content-type': 'text/event-stream', 'mcp-session-id': 'one' },
        });
      };
      const host = await start({}, endpoint, { sessions: true });
      const token = await mint(host, 'mcp:resources:notes:read');
      const ref = { type: 'ref/resource', uri: 'notes://box/{id}' };
      const params = { ref, argument: { name: 'id', value: '' } };
      const complete = { jsonrpc: '2.0', id: 1, method: 'completion/complete', params };
      const text = await (await post(host, complete, { token })).text();
      expect([messagesOf(text), idsOf(text)]).toEqual([
        [{ jsonrpc: '2.0', id: 1, result: { completion: { values: ['1'] } } }],
        [],
      ]);
      const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
      expect(idsOf(await (await post(host, list, { token })).text())).toHaveLength(2);
    });

    it('ends with the token that opened it (RS-86, ATK-72)', async () => {
      const exp = Math.floor(Date.now() / 1000) + 3600;
      const opened = Date.now();
      let ahead = 0;
      const clock = () => exp * 1000 - 150 + Date.now() - opened + ahead;
      const { host } = await startWithSessions({ clock });
      const token = await mintFor(host, { exp });
      const session = await begin(host, token);
      expect(await earOf(await listen(host, { token, session })).rest()).not.toContain('data:');
      expect(Date.now() - opened).toBeGreaterThanOrEqual(140);
      // What clocks may differ by is over as well.
      ahead = 6000;
      expect((await listen(host, { token, session })).status).toBe(401);
      // The session is not over: the next token of its owner goes on with it.
      const later = await mintFor(host, { exp: exp + 300 });
      const next = await listen(host, { token: later, session });
      expect(next.status).toBe(200);
      await next.body?.cancel();
    });

    it('ends when its token is revoked, and others do not (RS-86, ATK-72)', async () => {
      const listeners = new Set<(revocation: Revocation) => void>();
      const onRevocation: AuthProvider['onRevocation'] = (heard) => {
        listeners.add(heard);
        return () => listeners.delete(heard);
      };
      const provider = { ...issuer().provider(), onRevocation };
      const { host } = await startWithSessions({ provider });
      const said = async (sub: string) => {
        const token = await mintFor(host, { sub });
        return { token, session: await begin(host, token) };
      };
      const [ada, bob] = [await said('ada'), await said('bob')];
      const gone = earOf(await listen(host, ada));
      const stays = earOf(await listen(host, bob));
      for (const heard of listeners) heard({ kind: 'subject', subject: 'ada' } as Revocation);
      expect(await gone.rest()).not.toContain('data:');
      await (await post(host, callOf('tell'), bob)).text();
      expect(await stays.until('list_changed')).toContain('notifications/tools/list_changed');
      await stays.cut();
    });
  });

  describe('a question of the server', () => {
    const reply = { result: { action: 'accept', content: { place: 'Paris' } } };

    it('reaches the owner of the session, who alone can answer it (ATK-80, REV-20)', async () => {
      const { host } = await startWithSessions();
      const token = await mint(host);
      const session = await begin(host, token);
      const answer = earOf(await post(host, callOf('ask'), { token, session }));
      const [question] = messagesOf(await answer.until('elicitation/create'));
      const response = { jsonrpc: '2.0', id: question?.id, ...reply };

      const bob = await mintFor(host, { sub: 'user-2' });
      expect(await read(post(host, response, { token: bob, session }))).toEqual([404, unknown]);
      expect(await read(post(host, response, { token: bob }))).toEqual([400, noReply]);
      const bobs = await begin(host, bob);
      expect((await post(host, response, { token: bob, session: bobs })).status).toBe(202);
      expect((await post(host, response, { session })).status).toBe(401);

      const before = host.sink.events.length;
      expect((await post(host, response, { token, session })).status).toBe(202);
      const [, result] = messagesOf(await answer.rest());
      expect(result).toEqual({
        ...{ jsonrpc: '2.0', id: 1 },
        result: { content: [{ type: 'text', text: JSON.stringify(reply.result) }] },
      });
      expect(host.sink.events.slice(before, before + 2)).toMatchObject([
        { kind: 'decision', outcome: 'allowed', method: 'response', actor: { subject: 'user-1' } },
        { kind: 'completion', outcome: 'succeeded' },
      ]);
    });

    it('can be answered, and the session ended, by who holds open as much as they may (RS-91)', async () => {
      const { host } = await startWithSessions({ limits: { open: 2 } });
      const token = await mint(host, 'mcp:tools:weather');
      const session = await begin(host, token);
      const stream = earOf(await listen(host, { token, session }));
      const answer = earOf(await post(host, callOf('ask'), { token, session }));
      const [question] = messagesOf(await answer.until('elicitation/create'));
      expect((await post(host, callOf('weather', 2), { token, session })).status).toBe(429);
      const response = { jsonrpc: '2.0', id: question?.id, ...reply };
      const cancelled = {
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: 9 },
      };
      expect((await post(host, cancelled, { token, session })).status).toBe(202);
      expect((await post(host, response, { token, session })).status).toBe(202);
      expect(await answer.rest()).toContain('Paris');
      expect((await post(host, callOf('weather', 3), { token, session })).status).toBe(200);
      await stream.cut();
    });

    it('is answered within a batch of 2025-03-26, which passes whole or not at all', async () => {
      const { host, ran } = await startWithSessions();
      const token = await mint(host, 'mcp:tools:weather');
      const session = await begin(host, token);
      const headers = { 'MCP-Protocol-Version': '2025-03-26' };
      const asked = earOf(await post(host, callOf('ask'), { token, session, headers }));
      const [question] = messagesOf(await asked.until('elicitation/create'));
      const response = { jsonrpc: '2.0', id: question?.id, ...reply };

      const refused = [response, callOf('payroll', 2)];
      expect((await post(host, refused, { token, session, headers })).status).toBe(403);
      expect(host.sink.events.slice(-2)).toMatchObject([
        { outcome: 'challenged', name: 'payroll' },
        { outcome: 'denied', reason: 'batch_refused', method: 'response' },
      ]);
      const batch = [response, callOf('weather', 2)];
      // The session is of 2025-11-25, and what says nothing of its revision is of the session's (REV-13).
      const silent = await post(host, batch, {
        token,
        session,
        headers: { 'MCP-Protocol-Version': undefined },
      });
      expect([silent.status, await silent.text()]).toEqual([400, noBatches]);
      const done = await post(host, batch, { token, session, headers });
      expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('weather')]);
      expect(await asked.rest()).toContain('Paris');
      expect(ran).toEqual(['weather']);
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
    const server = sessionServer(sdk);
    open.push(server);
    const host = await start({ policy: sessionPolicy }, server.endpoint);
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
  });
});
