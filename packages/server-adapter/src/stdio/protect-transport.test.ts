import {
  type AuthProvider,
  defineScopes,
  type MemorySink,
  memorySink,
  ProviderUnavailableError,
  type Revocation,
} from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { McpAuthInfo } from '../handler/auth-info.js';
import { createMcpAuth, type McpAuthOptions } from '../index.js';
import type { JsonObject } from '../message/json-rpc.js';
import type { MessageTransport } from './message-transport.js';
import { type ProtectTransportOptions, protectTransport } from './protect-transport.js';
import { stdioPrincipal } from './stdio-principal.js';

const resource = 'http://127.0.0.1:4321/mcp';
const scopes = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:payroll': { description: 'See what people earn.' },
});
const ada = stdioPrincipal({ subject: 'local:ada', scopes: ['mcp:tools:weather'] });

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer({ resource });
});
afterAll(() => issuer.close());

/** Holds up the rule of the tool `slow`. */
let held: Promise<unknown> = Promise.resolve();

/** A connection: what the client sends, what the server gets, what the server sends, what the client gets. */
async function connection(
  who: ProtectTransportOptions = { principal: ada },
  options: Partial<McpAuthOptions<'mcp:tools:weather' | 'mcp:tools:payroll'>> = {},
) {
  const sink: MemorySink = memorySink();
  const auth = createMcpAuth({
    resource,
    provider: issuer.provider(),
    scopes,
    policy: {
      tools: {
        weather: ['mcp:tools:weather'],
        payroll: ['mcp:tools:payroll', 'mcp:tools:weather'],
        slow: { needs: [], rule: () => held.then(() => true) },
        closed: { needs: [], rule: () => false },
      },
    },
    audit: [sink],
    ...options,
  });
  const toClient: JsonObject[] = [];
  const wire: MessageTransport<JsonObject> = {
    start: async () => {},
    send: async (message) => void toClient.push(message),
    close: async () => wire.onclose?.(),
  };
  const transport = await protectTransport(auth, wire, who);
  const toServer: { message: JsonObject; authInfo?: McpAuthInfo }[] = [];
  const errors: Error[] = [];
  transport.onmessage = (message, extra) => toServer.push({ message, authInfo: extra?.authInfo });
  transport.onerror = (error) => errors.push(error);
  await transport.start();
  let markers = 0;
  return {
    ...{ auth, wire, transport, sink, toServer, toClient, errors },
    receive: (message: unknown) => wire.onmessage?.(message as JsonObject),
    /** Waits until everything received so far was looked at. */
    async settled() {
      markers += 1;
      const id = `marker ${markers}`;
      wire.onmessage?.({ jsonrpc: '2.0', id, method: 'ping' });
      await vi.waitFor(
        () => {
          const seen = [...toServer.map(({ message }) => message), ...toClient];
          if (!seen.some((message) => message.id === id)) throw new Error('not yet');
        },
        { interval: 1 },
      );
      const marker = (message: JsonObject) => message.id === id;
      const passed = toServer.findIndex(({ message }) => marker(message));
      if (passed >= 0) {
        toServer.splice(passed, 1);
        await transport.send({ jsonrpc: '2.0', id, result: {} });
      }
      toClient.splice(toClient.findIndex(marker), 1);
    },
  };
}

const request = (id: string | number, method: string, params: JsonObject = {}) => ({
  ...{ jsonrpc: '2.0', id, method, params },
});
const call = (id: string | number, name: string) =>
  request(id, 'tools/call', { name, arguments: {} });

describe('a protected transport', () => {
  it('passes on the very message that it decided on, with its principal and no token', async () => {
    const { receive, settled, toServer, auth } = await connection();
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
    const { receive, settled, toServer, toClient, sink } = await connection();
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
    const { receive, settled, toClient } = await connection({ principal: ada, sdk: 'v1' });
    receive(call(1, 'nobody'));
    await settled();
    const text = 'MCP error -32602: Tool nobody not found';
    expect(toClient).toEqual([
      { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }], isError: true } },
    ]);
  });

  it('lets no message overtake another', async () => {
    let release = () => {};
    held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { receive, settled, toServer } = await connection();
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
    const { receive, settled, transport, sink } = await connection();
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
    const { receive, transport, toServer, toClient } = await connection();
    receive(call(1, 'weather'));
    await transport.close();
    receive(call(2, 'weather'));
    await new Promise((resolve) => setImmediate(resolve));
    expect([toServer, toClient]).toEqual([[], []]);
  });
});

describe('a client that does not keep to the protocol', () => {
  it('gets no second request under an id that is open, or was cancelled', async () => {
    const { receive, settled, toServer, toClient, transport } = await connection();
    receive(request(1, 'tools/list'));
    receive(request(1, 'ping'));
    receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    receive(request(1, 'ping'));
    await settled();
    expect(toServer.map(({ message }) => message.method)).toEqual([
      'tools/list',
      'notifications/cancelled',
    ]);
    const error = { code: -32600, message: 'This id is in use.' };
    expect(toClient).toEqual([
      { jsonrpc: '2.0', id: 1, error },
      { jsonrpc: '2.0', id: 1, error },
    ]);
    await transport.send({ jsonrpc: '2.0', id: 1, result: { late: true } });
    await transport.send({ jsonrpc: '2.0', id: 'never asked', result: {} });
    expect(toClient).toHaveLength(2);
  });

  it('answers only what the server asked, and that once', async () => {
    const { receive, settled, toServer, transport } = await connection();
    const reply = { jsonrpc: '2.0', id: 9, result: { roots: [] } };
    receive(reply);
    await settled();
    expect(toServer).toEqual([]);
    await transport.send({ jsonrpc: '2.0', id: 9, method: 'roots/list' });
    receive(reply);
    receive(reply);
    await settled();
    expect(toServer).toEqual([{ message: reply, authInfo: undefined }]);
  });

  it('gets nowhere with what is no message (ATK-91)', async () => {
    const { receive, settled, toServer, toClient, sink } = await connection();
    let deep: unknown = {};
    for (let level = 0; level < 70; level += 1) deep = { deep };
    receive(request(1, 'ping', { deep }));
    receive(JSON.parse('{"jsonrpc":"2.0","id":2,"method":"ping","params":{"__proto__":{}}}'));
    receive({ ...request(3, 'ping'), result: {} });
    receive({ jsonrpc: '1.0', id: 4, method: 'ping' });
    for (const none of [[request(5, 'ping')], null, 'ping', 7, { id: 6 }]) receive(none);
    await settled();
    expect(toServer).toEqual([]);
    expect(toClient.map(({ id, error }) => [id, (error as JsonObject).code])).toEqual([
      [1, -32600],
      [2, -32600],
      [3, -32600],
      [4, -32600],
    ]);
    const reasons = sink.events.flatMap((event) =>
      event.kind === 'decision' && event.outcome === 'denied' ? [event.reason] : [],
    );
    expect(reasons).toEqual(Array(5).fill('protocol_32600'));
  });

  it('cannot make it remember without end (ATK-91)', async () => {
    const { receive, settled, toServer, toClient, transport } = await connection();
    const many = 1002;
    for (let id = 0; id < many; id += 1) receive(request(id, 'ping'));
    // Those beyond a thousand did not even wait.
    expect(toClient.map(({ id, error }) => [id, (error as JsonObject).code])).toEqual([
      [1000, 429],
      [1001, 429],
    ]);
    await vi.waitFor(() => expect(toServer.length + toClient.length).toBe(many));
    // Of those that did, as many were let through as may be open.
    expect(toServer).toHaveLength(64);
    expect(toClient.at(-1)).toMatchObject({ id: 999, error: { code: 429 } });
    await transport.send({ jsonrpc: '2.0', id: 0, result: {} });
    await settled();
  });
});

describe('a token', () => {
  let now = Date.now();
  const clock = () => now;
  const good = (exp?: number) => {
    const claims = exp === undefined ? {} : { exp };
    return issuer.mint({ claims, scopes: ['mcp:tools:weather'] });
  };

  it('ends the access when it expires; what runs may finish', async () => {
    now = Date.now();
    const token = await good(Math.floor(now / 1000) + 60);
    const { receive, settled, toServer, toClient, transport, sink } = await connection(
      { token },
      { clock },
    );
    receive(call(1, 'weather'));
    await settled();
    expect(toServer).toHaveLength(1);
    now += 120_000;
    receive(call(2, 'weather'));
    await settled();
    expect(toClient).toEqual([
      {
        jsonrpc: '2.0',
        id: 2,
        error: { code: 401, message: 'The access token of this server is no longer valid.' },
      },
    ]);
    expect(sink.events.filter(({ kind }) => kind === 'decision').slice(-2)).toMatchObject([
      { outcome: 'denied', reason: 'token_expired', status: 401 },
      { outcome: 'denied', reason: 'token_expired', status: 401 },
    ]);
    await transport.send({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
    await expect(transport.send({ jsonrpc: '2.0', id: 1, method: 'roots/list' })).rejects.toThrow(
      'no longer valid',
    );
    await transport.send({ jsonrpc: '2.0', id: 1, result: { content: [] } });
    expect(toClient.slice(1)).toEqual([{ jsonrpc: '2.0', id: 1, result: { content: [] } }]);
  });

  it('ends the access when it is revoked', async () => {
    const listeners = new Set<(revocation: Revocation) => void>();
    let valid = true;
    const provider: AuthProvider = {
      ...issuer.provider(),
      verify: async (token, context) =>
        valid
          ? issuer.provider().verify(token, context)
          : { kind: 'rejection', code: 'token_revoked', detail: 'Gone.' },
      onRevocation(listen) {
        listeners.add(listen);
        return () => listeners.delete(listen);
      },
    };
    const { receive, settled, toServer, toClient, transport } = await connection(
      { token: await good() },
      { provider },
    );
    const note = { jsonrpc: '2.0', method: 'notifications/message', params: {} };
    await transport.send(note);
    expect(toClient).toEqual([note]);
    valid = false;
    for (const listen of listeners) listen({ kind: 'subject', subject: 'user-1' });
    await transport.send(note);
    receive(call(1, 'weather'));
    await settled();
    expect(toServer).toEqual([]);
    expect(toClient.slice(1)).toMatchObject([{ id: 1, error: { code: 401 } }]);
  });

  it('is not judged while its issuer is away', async () => {
    let away = false;
    const provider: AuthProvider = {
      ...issuer.provider(),
      async verify(token, context) {
        if (away) throw new ProviderUnavailableError('The issuer is away.');
        return issuer.provider().verify(token, context);
      },
    };
    const { receive, settled, toServer, toClient, sink } = await connection(
      { token: await good() },
      { provider, remembered: 0 },
    );
    away = true;
    receive(call(1, 'weather'));
    await settled();
    away = false;
    receive(call(2, 'weather'));
    await settled();
    expect(toClient).toMatchObject([{ id: 1, error: { code: 503 } }]);
    expect(toServer).toMatchObject([{ message: { id: 2 } }]);
    expect(sink.events[0]).toMatchObject({
      outcome: 'unavailable',
      reason: 'provider_unavailable',
      status: 503,
    });
    away = true;
    const late = connection({ token: await good() }, { provider, remembered: 0 });
    await expect(late).rejects.toThrow(ProviderUnavailableError);
  });

  it('is given, alone, and good, or nothing starts (RS-102)', async () => {
    const bound = await issuer.mint({ claims: { cnf: { jkt: 'x'.repeat(43) } } });
    const foreign = await issuer.mint({ claims: { aud: 'https://other.example/mcp' } });
    const refused = 'Start the server with a valid access token that was issued for it.';
    const cases: readonly (readonly [ProtectTransportOptions, string])[] = [
      [{}, '"principal" and "token" are both missing: nobody would be let in.'],
      [{ token: undefined }, '"principal" and "token" are both missing'],
      [{ token: 'xyzzy', principal: ada }, '"principal" and "token" are both given.'],
      [{ token: '' }, refused],
      [{ token: 'xyzzy b' }, refused],
      [{ token: 'xyzzy\nb' }, '"token" holds characters that no token has.'],
      [{ token: bound }, `"token" is refused: proof_invalid. ${refused}`],
      [{ token: foreign }, `"token" is refused: audience_mismatch. ${refused}`],
    ];
    for (const [who, message] of cases) {
      const error = await connection(who).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
      expect((error as Error).message).toContain(message);
      if (who.token) expect((error as Error).message).not.toContain(who.token);
    }
    const { auth, wire } = await connection();
    await expect(protectTransport({ ...auth }, wire, { principal: ada })).rejects.toThrow(
      '"auth" was not made by createMcpAuth.',
    );
  });
});

it('shows in a list what its principal may use, and says what that takes', async () => {
  const { receive, settled, toClient, transport } = await connection();
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

it('gives an explicit principal no issuer and no end, and lets nobody change it', () => {
  expect(ada).toEqual({
    kind: 'principal',
    actor: 'user',
    issuer: 'urn:portcullis:stdio',
    subject: 'local:ada',
    clientId: 'stdio',
    tokenId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    scopes: ['mcp:tools:weather'],
    expiresAt: 8_640_000_000_000,
    claims: {},
  });
  expect(new Date(ada.expiresAt * 1000).toISOString()).toBe('+275760-09-13T00:00:00.000Z');
  expect(Object.isFrozen(ada) && Object.isFrozen(ada.scopes)).toBe(true);
});
