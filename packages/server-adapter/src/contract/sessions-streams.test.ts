import type { AuthProvider, Revocation } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import type { McpEndpoint } from '../index.js';
import { onEveryHostWithSessions } from './sessions-stage.js';
import { begin, callOf, earOf, idsOf, listen, messagesOf, post, read } from './sessions-talk.js';

const unknown = '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}';

onEveryHostWithSessions(({ issuer, start, startWithSessions, mint, mintFor }) => {
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
});
