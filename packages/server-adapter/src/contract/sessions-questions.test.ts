import { describe, expect, it } from 'vitest';
import { onEveryHostWithSessions } from './sessions-stage.js';
import { begin, callOf, earOf, listen, messagesOf, post, read } from './sessions-talk.js';

const unknown = '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}';
const noReply =
  '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Bad Request: JSON-RPC responses cannot be posted to this endpoint"},"id":null}';
const noBatches =
  '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Bad Request: only MCP 2025-03-26 has JSON-RPC batches"},"id":null}';

onEveryHostWithSessions(({ startWithSessions, mint, mintFor }) => {
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
});
