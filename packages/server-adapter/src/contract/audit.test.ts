import { type AuditSink, memorySink } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { callTool, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';

onEveryHost(({ kind, eras, start, mint, network, issuer }) => {
  for (const era of eras) {
    describe(era, () => {
      it('writes one decision before and one completion after each operation', async () => {
        const host = await start();
        const token = await mint(host, 'mcp:tools:*');
        const args = { city: 'Bern' };
        await callTool(host, era, token, 'weather', args);
        const [decision, completion, ...more] = host.sink.events;
        expect(decision).toMatchObject({
          version: 1,
          kind: 'decision',
          outcome: 'allowed',
          actor: { kind: 'user', subject: 'user-1', clientId: 'client-1' },
          method: 'tools/call',
          name: 'weather',
          required: ['mcp:tools:weather'],
          granted: ['mcp:tools:*'],
          missing: [],
          input: {
            bytes: 15,
            sha256: '9ad9d1db359cb62596c5d18e2b6395a325c91d01bd2aeeb20768e541b8d18260',
          },
        });
        expect(completion).toMatchObject({ kind: 'completion', outcome: 'succeeded' });
        expect(completion).toMatchObject({
          operationId: decision && 'operationId' in decision && decision.operationId,
          requestId: decision?.requestId,
        });
        expect(more).toEqual([]);
        expect(JSON.stringify(host.sink.events)).not.toContain('Bern');
      });

      it('says which grants a mapping gave, in what was allowed and in what was not', async () => {
        const grants = () => ({
          scopes: ['mcp:tools:weather'],
          mapped: [
            { by: 'role' as const, claim: 'roles', value: 'clerk', scopes: ['mcp:tools:weather'] },
          ],
        });
        const host = await start({ provider: issuer().provider({ mapping: { grants } }) });
        await callTool(host, era, await mint(host), 'weather');
        await callTool(host, era, await mint(host), 'payroll');
        const decisions = host.sink.events.filter(({ kind }) => kind === 'decision');
        expect(decisions.map((event) => 'mapped' in event && event.mapped)).toEqual([
          [{ by: 'role', claim: 'roles', value: 'clerk', scopes: ['mcp:tools:weather'] }],
          [{ by: 'role', claim: 'roles', value: 'clerk', scopes: ['mcp:tools:weather'] }],
        ]);
      });

      it('shows who acts for whom in a call that was delegated (RFC 8693 §4.1)', async () => {
        const host = await start();
        const act = { sub: 'orders', act: { sub: 'shop', iss: 'https://shop.example.com' } };
        const claims = { aud: host.url, act };
        const scopes = ['mcp:tools:*'];
        await callTool(host, era, await issuer().mint({ claims, scopes }), 'weather');
        const actors = [
          { subject: 'orders' },
          { subject: 'shop', issuer: 'https://shop.example.com' },
        ];
        expect(host.sink.events[0]).toMatchObject({
          outcome: 'allowed',
          actor: { kind: 'user', subject: 'user-1', actors },
        });
      });

      it('tells a failed tool from one that succeeded', async () => {
        const host = await start();
        await callTool(host, era, await mint(host), 'crash');
        await callTool(host, era, await mint(host), 'late');
        await callTool(host, era, await mint(host), 'long');
        const outcomes = host.sink.events.flatMap((event) =>
          event.kind === 'completion' ? [event.outcome] : [],
        );
        expect(outcomes).toEqual(['failed', 'failed', 'succeeded']);
      });

      it('writes exactly one decision and no completion for what is refused (RS-66)', async () => {
        const host = await start();
        const token = await mint(host);
        await callTool(host, era, token, 'payroll');
        await callTool(host, era, token, 'hidden');
        await callTool(host, era, undefined, 'weather');
        expect(host.sink.events).toMatchObject([
          {
            kind: 'decision',
            outcome: 'challenged',
            reason: 'insufficient_scope',
            name: 'payroll',
            required: ['mcp:tools:payroll', 'mcp:tools:weather'],
            missing: ['mcp:tools:payroll', 'mcp:tools:weather'],
            status: 403,
          },
          { kind: 'decision', outcome: 'denied', reason: 'no_entry', name: 'hidden', status: 200 },
          { kind: 'decision', outcome: 'challenged', reason: 'no_credential', status: 401 },
        ]);
        expect(host.sink.events).toHaveLength(3);
      });

      it('does not run what a blocking sink cannot record', async () => {
        const other = memorySink();
        const host = await start({ audit: [failingSink(() => true), other] });
        const answer = await callTool(host, era, await mint(host, 'mcp:tools:*'), 'weather');
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
        expect(host.ran).toEqual([]);
        // A sink that took the decision must not be left with a call that never ends.
        expect(other.events).toMatchObject([
          { kind: 'decision', outcome: 'allowed' },
          { kind: 'completion', outcome: 'unknown' },
        ]);
      });

      it('does not hand over a result whose completion a blocking sink cannot record', async () => {
        const host = await start({ audit: [failingSink(({ kind }) => kind === 'completion')] });
        const token = await mint(host, 'mcp:tools:*');
        const answer = callTool(host, era, token, 'weather');
        // An event stream has begun by then, so it breaks off, unless the host waited for its end; one JSON answer has not.
        if (era === 'legacy' && !kind.endsWith('Hono on Node')) {
          await expect(answer).rejects.toThrow();
          return;
        }
        const { status, text } = await answer.catch(() => ({ status: 500, text: '' }));
        expect(status).toBe(era === 'legacy' ? 500 : 503);
        expect(text).not.toMatch(/weather|sink/);
      });
    });
  }

  it('writes a pair of events for each member of a batch, and refusals for all of a refused one', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:weather');
    const headers = { 'MCP-Protocol-Version': '2025-03-26' };
    const sent = toSent({ era: 'legacy', method: 'tools/call', token, headers });
    const member = (id: number, name: string) => ({
      ...{ jsonrpc: '2.0', id, method: 'tools/call' },
      params: { name, arguments: {} },
    });
    await host.send({
      ...sent,
      body: JSON.stringify([member(1, 'weather'), member(2, 'weather')]),
    });
    await host.send({
      ...sent,
      body: JSON.stringify([member(1, 'weather'), member(2, 'payroll')]),
    });
    expect(host.sink.events).toMatchObject([
      { kind: 'decision', outcome: 'allowed' },
      { kind: 'decision', outcome: 'allowed' },
      { kind: 'completion', outcome: 'succeeded' },
      { kind: 'completion', outcome: 'succeeded' },
      { kind: 'decision', outcome: 'denied', reason: 'batch_refused', name: 'weather' },
      { kind: 'decision', outcome: 'challenged', reason: 'insufficient_scope', name: 'payroll' },
    ]);
    expect(host.sink.events).toHaveLength(6);
  });

  it('keeps the trace that the client is in', async () => {
    const host = await start();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const what = { era: 'legacy', method: 'tools/list', token: await mint(host) } as const;
    await host.send(toSent({ ...what, headers: { traceparent } }));
    const traces = new Set(host.sink.events.map(({ trace }) => trace));
    expect([...traces]).toEqual(['0af7651916cd43dd8448eb211c80319c']);
  });

  it('takes the trace of the message before that of the connection, and only a well-formed one', async () => {
    const host = await start();
    const token = await mint(host);
    const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const own = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    for (const traceparent of [own, 'x\ny', 7]) {
      const params = { _meta: { traceparent } };
      await host.send(toSent({ era: 'legacy', method: 'tools/list', token, headers, params }));
    }
    expect(host.sink.events.map(({ trace }) => trace)).toEqual([
      '4bf92f3577b34da6a3ce929d0e0e4736',
      '4bf92f3577b34da6a3ce929d0e0e4736',
      '0af7651916cd43dd8448eb211c80319c',
      '0af7651916cd43dd8448eb211c80319c',
      '0af7651916cd43dd8448eb211c80319c',
      '0af7651916cd43dd8448eb211c80319c',
    ]);
  });

  for (const era of network ? eras : []) {
    it(`notes as unknown what the ${era} client did not wait for, and stops it (ATK-91)`, async () => {
      const host = await start();
      const token = await mint(host);
      const { headers, body } = toSent({
        ...{ era, method: 'tools/call', params: { name: 'slow', arguments: {} }, token },
      });
      const abort = new AbortController();
      const answer = fetch(host.url, {
        method: 'POST',
        headers: headers.map(([name, value]) => [name, value] as [string, string]),
        signal: abort.signal,
        ...(body ? { body } : {}),
      }).then((response) => response.text());
      await until(() => host.ran.includes('slow'));
      abort.abort();
      await expect(answer).rejects.toThrow();
      await until(() => host.ran.includes('slow aborted') && host.sink.events.length === 2);
      expect(host.sink.events).toMatchObject([
        { kind: 'decision', outcome: 'allowed' },
        { kind: 'completion', outcome: 'unknown' },
      ]);
    });
  }
});

function failingSink(fails: (event: Parameters<AuditSink['write']>[0]) => boolean): AuditSink {
  return {
    onFailure: 'block',
    write(event) {
      if (fails(event)) throw new Error('The disk is full.');
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('It did not happen within five seconds.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
