import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ada, call, connection, request, resource } from '../contract/stdio-connection.js';

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer({ resource });
});
afterAll(() => issuer.close());

describe('a protected transport', () => {
  it('passes on the very message that it decided on, with its principal and no token', async () => {
    const { receive, settled, toServer, auth } = await connection(issuer);
    const message = call(1, 'weather');
    receive(message);
    await settled();
    expect(toServer[0]?.message).toBe(message);
    const authInfo = toServer[0]?.authInfo;
    expect(authInfo).toMatchObject({ token: '', clientId: 'stdio', extra: { principal: ada } });
    const context = auth.context({ authInfo });
    expect(context.principal).toBe(ada);
    expect(() => context.demand('mcp:tools:payroll')).toThrow('mcp:tools:payroll');
    await expect(context.downstream('https://other.example', [])).rejects.toThrow('exchange');
  });

  it('answers what is not allowed, and passes none of it on (RS-33, RS-102)', async () => {
    const { receive, settled, toServer, toClient, sink } = await connection(issuer);
    receive(call(1, 'payroll'));
    receive(call('two', 'closed'));
    receive(call(3, 'nobody'));
    receive(request(4, 'tasks/get', { taskId: 'x' }));
    receive(request(5, 'tools/call', {}));
    receive({ jsonrpc: '2.0', method: 'tools/call', params: { name: 'payroll' } });
    await settled();
    expect(toServer).toEqual([]);
    const text = 'This needs the scope mcp:tools:payroll, which this server was not started with.';
    expect(toClient).toEqual([
      {
        jsonrpc: '2.0',
        id: 1,
        result: {
          content: [{ type: 'text', text }],
          isError: true,
          _meta: {
            'portcullis/denial': {
              error: 'insufficient_scope',
              scope: 'mcp:tools:payroll mcp:tools:weather',
            },
          },
        },
      },
      {
        jsonrpc: '2.0',
        id: 'two',
        result: {
          content: [{ type: 'text', text: 'This caller may not do that' }],
          isError: true,
          _meta: { 'portcullis/denial': { error: 'access_denied' } },
        },
      },
      { jsonrpc: '2.0', id: 3, error: { code: -32602, message: 'Tool nobody not found' } },
      { jsonrpc: '2.0', id: 4, error: { code: -32601, message: 'Method not found' } },
      { jsonrpc: '2.0', id: 5, error: { code: -32602, message: 'Invalid tools/call request' } },
    ]);
    const told = sink.events.flatMap((event) =>
      event.kind === 'decision' ? [[event.method, event.outcome, event.reason]] : [],
    );
    expect(told.slice(0, 6)).toEqual([
      ['tools/call', 'denied', 'unobtainable'],
      ['tools/call', 'denied', 'rule'],
      ['tools/call', 'denied', 'no_entry'],
      ['tasks/get', 'denied', 'no_entry'],
      ['tools/call', 'denied', 'invalid_input'],
      ['tools/call', 'denied', 'unobtainable'],
    ]);
  });

  it('says in the words of v1 that a tool is unknown, where v1 serves', async () => {
    const { receive, settled, toClient } = await connection(issuer, { principal: ada, sdk: 'v1' });
    receive(call(1, 'nobody'));
    await settled();
    const text = 'MCP error -32602: Tool nobody not found';
    expect(toClient).toEqual([
      { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }], isError: true } },
    ]);
  });

  it('lets no message overtake another', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { receive, settled, toServer } = await connection(issuer, { principal: ada }, { held });
    receive(call(1, 'slow'));
    receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(toServer).toEqual([]);
    release();
    await settled();
    expect(toServer.map(({ message }) => message.method)).toEqual([
      'tools/call',
      'notifications/cancelled',
    ]);
  });

  it('has each allowed request completed once, by its answer or by its end', async () => {
    const { receive, settled, transport, sink } = await connection(issuer);
    for (const id of [1, 2, 3, 4]) receive(call(id, 'weather'));
    receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 3 } });
    await settled();
    await transport.send({ jsonrpc: '2.0', id: 1, result: { content: [] } });
    await transport.send({ jsonrpc: '2.0', id: 2, result: { content: [], isError: true } });
    await transport.close();
    await vi.waitFor(() => expect(outcomes()).toHaveLength(4));
    expect(outcomes()).toEqual(['unknown', 'succeeded', 'failed', 'unknown']);

    function outcomes() {
      const calls = new Set(
        sink.events.flatMap((event) =>
          event.kind === 'decision' && event.method === 'tools/call' ? [event.operationId] : [],
        ),
      );
      return sink.events.flatMap((event) =>
        event.kind === 'completion' && calls.has(event.operationId) ? [event.outcome] : [],
      );
    }
  });

  it('passes nothing after its end', async () => {
    const { receive, transport, toServer, toClient } = await connection(issuer);
    receive(call(1, 'weather'));
    await transport.close();
    receive(call(2, 'weather'));
    await new Promise((resolve) => setImmediate(resolve));
    expect([toServer, toClient]).toEqual([[], []]);
  });
});

it('shows in a list what its principal may use, and says what that takes', async () => {
  const { receive, settled, toClient, transport } = await connection(issuer);
  receive(request(1, 'tools/list'));
  await settled();
  const tools = ['weather', 'payroll', 'slow', 'hidden'].map((name) => ({ name }));
  await transport.send({ jsonrpc: '2.0', id: 1, result: { tools } });
  const needs = (required: string[]) => ({
    _meta: { 'portcullis/scopes': { required, granted: required, missing: [] } },
  });
  expect(toClient).toEqual([
    {
      jsonrpc: '2.0',
      id: 1,
      result: {
        tools: [
          { name: 'weather', ...needs(['mcp:tools:weather']) },
          { name: 'slow', ...needs([]) },
        ],
      },
    },
  ]);
});

it('counts calls, and answers that are under way (RS-91)', async () => {
  const { receive, settled, toServer, toClient, transport } = await connection(
    issuer,
    { principal: ada },
    { limits: { calls: { perMinute: 2 }, open: 3 } },
  );
  for (const id of [1, 2, 3]) receive(call(id, 'weather'));
  await settled();
  expect(toServer.map(({ message }) => message.id)).toEqual([1, 2]);
  expect(toClient).toEqual([
    { jsonrpc: '2.0', id: 3, error: { code: 429, message: 'Too many calls. Try again later.' } },
  ]);
  receive(call(4, 'slow'));
  receive(call(5, 'slow'));
  await vi.waitFor(() => expect(toClient).toHaveLength(2), { interval: 1 });
  expect(toClient[1]).toMatchObject({ id: 5, error: { code: 429 } });
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  await settled();
});

it('does nothing that it cannot record (ATK-90)', async () => {
  let full: 'decision' | 'completion' | undefined;
  const { receive, settled, toServer, toClient, transport } = await connection(
    issuer,
    { principal: ada },
    {
      audit: [
        {
          onFailure: 'block',
          write({ kind }) {
            if (kind === full) throw new Error('The disk is full.');
          },
        },
      ],
    },
  );
  full = 'decision';
  receive(call(1, 'weather'));
  await settled();
  expect(toServer).toEqual([]);
  full = 'completion';
  receive(call(2, 'weather'));
  await vi.waitFor(() => expect(toServer).toHaveLength(1), { interval: 1 });
  await transport.send({ jsonrpc: '2.0', id: 2, result: { content: ['secret'] } });
  expect(toClient).toMatchObject([
    { id: 1, error: { code: 503 } },
    { id: 2, error: { code: 503 } },
  ]);
});

it('sends no result that it cannot narrow, and says that nobody knows how the request ended', async () => {
  const { receive, settled, toClient, transport, sink, errors } = await connection(issuer);
  receive(request(1, 'tools/list'));
  await settled();
  const tools = {
    get name(): string {
      throw new Error('secret');
    },
  };
  await transport.send({ jsonrpc: '2.0', id: 1, result: { tools: [tools] } });
  expect(toClient).toEqual([
    { jsonrpc: '2.0', id: 1, error: { code: 503, message: 'Internal error' } },
  ]);
  expect(errors).toMatchObject([{ message: 'secret' }]);
  expect(sink.events.at(-1)).toMatchObject({ kind: 'completion', outcome: 'unknown' });
});
