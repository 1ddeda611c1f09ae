import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { envelope } from '../contract/calls.js';
import { ada, call, connection, request, resource } from '../contract/stdio-connection.js';
import type { JsonObject } from '../message/json-rpc.js';

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
    for (const id of [1, 2, 3, 4, 5]) receive(call(id, 'weather'));
    receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 3 } });
    await settled();
    await transport.send({ jsonrpc: '2.0', id: 1, result: { content: [] } });
    await transport.send({ jsonrpc: '2.0', id: 2, result: { content: [], isError: true } });
    await transport.send({ jsonrpc: '2.0', id: 5, error: { code: -32603, message: 'No.' } });
    await transport.close();
    await vi.waitFor(() => expect(outcomes()).toHaveLength(5));
    expect(outcomes()).toEqual(['unknown', 'succeeded', 'failed', 'failed', 'unknown']);

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

  it('decides on nothing after its end, and passes nothing that it decided on before', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const opened = await connection(issuer, { principal: ada }, { held });
    const { receive, transport, toServer, toClient, sink } = opened;
    receive(call(1, 'slow'));
    receive(call(2, 'weather'));
    await transport.close();
    receive(call(3, 'weather'));
    release();
    await vi.waitFor(() => expect(sink.events).toHaveLength(2), { interval: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect([toServer, toClient]).toEqual([[], []]);
    expect(sink.events).toMatchObject([
      { kind: 'decision', name: 'slow', outcome: 'allowed' },
      { kind: 'completion', outcome: 'unknown' },
    ]);
  });

  it('passes no answer to what the server asked after its end', async () => {
    const { receive, transport, toServer, sink } = await connection(issuer);
    await transport.send({ jsonrpc: '2.0', id: 9, method: 'roots/list' });
    receive({ jsonrpc: '2.0', id: 9, result: { roots: [] } });
    const written = vi.spyOn(sink, 'write').mockImplementation(() => transport.close());
    await vi.waitFor(() => expect(written).toHaveBeenCalledTimes(2), { interval: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(toServer).toEqual([]);
  });

  it('tells its server of the end and of errors of the transport', async () => {
    const { transport, wire, errors } = await connection(issuer);
    const ended = vi.fn();
    transport.onclose = ended;
    wire.onerror?.(new Error('A line that is no JSON.'));
    expect(errors).toMatchObject([{ message: 'A line that is no JSON.' }]);
    await transport.close();
    expect(ended).toHaveBeenCalledOnce();
  });

  it('takes nobody else’s word for who calls', async () => {
    const { wire, toServer } = await connection(issuer);
    const authInfo = { token: 'theirs', extra: { principal: { subject: 'mallory' } } };
    wire.onmessage?.(call(1, 'weather'), { authInfo });
    await vi.waitFor(() => expect(toServer).toHaveLength(1), { interval: 1 });
    expect(toServer[0]?.authInfo).toMatchObject({ token: '', extra: { principal: ada } });
  });

  it('records a notification as done, and what a call was given by its digest', async () => {
    const { receive, settled, sink } = await connection(issuer);
    receive({ jsonrpc: '2.0', method: 'notifications/initialized' });
    receive(request(1, 'tools/call', { name: 'weather', arguments: { place: 'Oslo' } }));
    await settled();
    expect(sink.events.slice(0, 3)).toMatchObject([
      { kind: 'decision', outcome: 'allowed', method: 'notifications/initialized' },
      { kind: 'completion', outcome: 'succeeded' },
      { kind: 'decision', name: 'weather', input: { sha256: expect.any(String) } },
    ]);
    expect(JSON.stringify(sink.events)).not.toContain('Oslo');
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

it('seals cursors for its client, and opens them for its server', async () => {
  const { receive, settled, toServer, toClient, transport } = await connection(issuer);
  receive(request(1, 'tools/list'));
  await settled();
  await transport.send({ jsonrpc: '2.0', id: 1, result: { tools: [], nextCursor: 'page 2' } });
  const sealed = toClient[0]?.result as JsonObject | undefined;
  const nextCursor = sealed?.nextCursor;
  expect(nextCursor).not.toContain('page 2');
  receive(request(2, 'tools/list', { cursor: nextCursor }));
  receive(request(3, 'tools/list', { cursor: 'page 2' }));
  await settled();
  expect(toServer[1]).toMatchObject({ message: { id: 2, params: { cursor: 'page 2' } } });
  expect(toServer[1]?.authInfo).toMatchObject({ extra: { principal: ada } });
  expect(toClient[1]).toEqual({
    jsonrpc: '2.0',
    id: 3,
    error: { code: -32602, message: 'Invalid cursor' },
  });
});

it('lets no cache have a list of 2026-07-28 (RS-82)', async () => {
  const { receive, settled, toClient, transport } = await connection(issuer);
  receive(request(1, 'tools/list', { _meta: envelope }));
  await settled();
  const result = { tools: [], ttlMs: 1000, cacheScope: 'public' };
  await transport.send({ jsonrpc: '2.0', id: 1, result });
  expect(toClient[0]).toMatchObject({ result: { tools: [], ttlMs: 1000, cacheScope: 'private' } });
});

it('holds no place for what was refused, or could not be recorded', async () => {
  let full = false;
  const { receive, settled, toServer } = await connection(
    issuer,
    { principal: ada },
    {
      limits: { open: 1 },
      audit: [
        {
          onFailure: 'block',
          write() {
            if (full) throw new Error('The disk is full.');
          },
        },
      ],
    },
  );
  receive(call(1, 'payroll'));
  await settled();
  full = true;
  receive(call(2, 'weather'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  full = false;
  receive(call(3, 'weather'));
  await vi.waitFor(() => expect(toServer).toHaveLength(1), { interval: 1 });
  expect(toServer[0]).toMatchObject({ message: { id: 3 } });
});

it('takes a defect for no outage: it is reported, and its caller sees none of it', async () => {
  const { receive, settled, toServer, toClient, errors, auth } = await connection(issuer, {
    token: await issuer.mint({ scopes: ['mcp:tools:weather'] }),
  });
  const broken = vi.spyOn(auth.gate, 'authenticate').mockRejectedValue(new TypeError('secret'));
  receive(call(1, 'weather'));
  await vi.waitFor(() => expect(toClient).toHaveLength(1), { interval: 1 });
  broken.mockRestore();
  await settled();
  expect(errors).toMatchObject([{ message: 'secret' }]);
  expect(toServer).toEqual([]);
  expect(toClient).toEqual([
    { jsonrpc: '2.0', id: 1, error: { code: 503, message: 'Internal error' } },
  ]);
});
