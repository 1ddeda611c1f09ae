import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, it } from 'vitest';
import { call, messageOf, toSent } from './calls.js';
import type { FixtureOptions, Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';
import { pagedPolicy, pagedServer } from './paged-server.js';

type Message = { result?: Record<string, unknown>; error?: Record<string, unknown> };

const capabilities = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
const refusal = {
  ...{ jsonrpc: '2.0', id: 7 },
  error: { code: -32602, message: 'Invalid or expired requestState' },
};

onEveryHost(({ eras, sdk, network, issuer, start, mint }) => {
  it('is taken from no request of an older revision, which none was given to (RS-87, ATK-73)', async () => {
    const { endpoint, seen } = pagedServer(sdk);
    const host = await start({ policy: pagedPolicy }, endpoint);
    const token = await mint(host);
    for (const requestState of ['asked by whoami', '', 7, null]) {
      const params = { name: 'whoami', arguments: {}, requestState };
      const answer = await call(host, { era: 'legacy', method: 'tools/call', params, token });
      expect([answer.status, messageOf(answer)]).toEqual([200, refusal]);
    }
    expect(seen).toEqual([]);
    expect(host.sink.events.filter(({ kind }) => kind === 'completion')).toEqual([]);
  });

  if (!eras.includes('modern')) return;

  const startPaged = async (options: FixtureOptions = {}) => {
    const { endpoint, seen } = pagedServer(sdk);
    const host = await start({ policy: pagedPolicy, ...options }, endpoint);
    const ask = async (token: string, params: object, method = 'tools/call'): Promise<Message> => {
      const what = { name: 'whoami', arguments: { a: 1, b: [2, { c: 3 }] }, ...params };
      // Each try is traced on its own.
      const _meta = { ...capabilities, traceparent: crypto.randomUUID() };
      const sent = { era: 'modern', method, params: { ...what, _meta }, token } as const;
      return messageOf(await call(host, sent)) as Message;
    };
    return { host, seen, ask };
  };
  const answers = { confirm: { action: 'accept', content: { ok: true } } };
  const tokenFor = (host: Host, claims: object, scopes: string[] = []) =>
    issuer().mint({ claims: { aud: host.url, ...claims }, scopes });

  it('gives what a server asked with to the one who was asked, and takes it back (RS-87)', async () => {
    const { host, seen, ask } = await startPaged();
    const asked = (await ask(await mint(host), {})).result ?? {};
    expect(asked).toMatchObject({ resultType: 'input_required', inputRequests: { confirm: {} } });
    expect(asked.requestState).toMatch(/^[A-Za-z0-9_-]{100,}$/);
    // Another token of the same person and client; members in another order.
    const retry = { arguments: { b: [2, { c: 3 }], a: 1 }, inputResponses: answers };
    const later = await mint(host, 'mcp:tools:weather');
    const done = await ask(later, { ...retry, requestState: asked.requestState });
    expect(done.result).toMatchObject({
      content: [{ type: 'text', text: 'done: asked by whoami' }],
    });
    expect(seen).toEqual(['asked by whoami']);
  });

  it('is sealed in a stream of events as well', async () => {
    const { endpoint, seen } = pagedServer(sdk, 'sse');
    const host = await start({ policy: pagedPolicy }, endpoint);
    const token = await mint(host);
    const ask = async (state?: unknown) => {
      const params = { name: 'whoami', arguments: {}, _meta: capabilities, requestState: state };
      const answer = await call(host, { era: 'modern', method: 'tools/call', params, token });
      expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
      return (messageOf(answer) as Message).result;
    };
    const asked = await ask();
    expect(asked?.requestState).toMatch(/^[A-Za-z0-9_-]{100,}$/);
    expect(await ask(asked?.requestState)).toMatchObject({ resultType: 'complete' });
    expect(seen).toEqual(['asked by whoami']);
  });

  it('refuses one that is altered, foreign, for something else or too late, and runs nothing (RS-87, ATK-73)', async () => {
    let now = Date.now();
    const { host, seen, ask } = await startPaged({ clock: () => now });
    const token = await mint(host);
    const state = String((await ask(token, {})).result?.requestState);
    const bring = (sender: string, params: object) =>
      ask(sender, { inputResponses: answers, requestState: state, ...params });
    const bob = await tokenFor(host, { sub: 'bob' });
    const otherClient = await tokenFor(host, { client_id: 'other' });
    const robot = await tokenFor(host, { sub: 'user-1', client_id: 'user-1' });
    const refused: readonly (readonly [string, object])[] = [
      [token, { requestState: `${state}-TAMPERED` }],
      [token, { requestState: state.replace(/(?<=^.{30})./, (one) => (one === 'A' ? 'B' : 'A')) }],
      [token, { requestState: 'asked by whoami' }],
      [token, { requestState: '' }],
      [token, { requestState: 7 }],
      [token, { requestState: null }],
      [token, { arguments: { a: 2, b: [2, { c: 3 }] } }],
      [token, { arguments: { a: 1, b: [2, [['c', 3]]] } }],
      [token, { arguments: {} }],
      [bob, {}],
      [otherClient, {}],
      [robot, {}],
    ];
    for (const [sender, params] of refused) {
      const answer = await bring(sender, params);
      expect([params, answer]).toEqual([params, refusal]);
    }
    now += 599_000;
    expect(
      (await bring(await tokenFor(host, { exp: Math.floor(now / 1000) + 60 }), {})).result,
    ).toMatchObject({
      content: [{ type: 'text', text: 'done: asked by whoami' }],
    });
    now += 2_000;
    expect(await bring(await tokenFor(host, { exp: Math.floor(now / 1000) + 60 }), {})).toEqual(
      refusal,
    );
    expect(seen).toEqual(['asked by whoami']);
    expect(host.sink.events.filter(({ kind }) => kind === 'decision').at(-1)).toMatchObject({
      outcome: 'denied',
      reason: 'invalid_input',
      method: 'tools/call',
    });
  });

  it('tells numbers apart that JSON would write alike (RS-87)', async () => {
    const { endpoint, seen } = pagedServer(sdk);
    const host = await start({ policy: pagedPolicy }, endpoint);
    const token = await mint(host);
    const ask = async (amount: string, requestState?: unknown): Promise<Message> => {
      const params = { name: 'whoami', arguments: {}, _meta: capabilities, requestState };
      const sent = toSent({ era: 'modern', method: 'tools/call', params, token });
      const body = sent.body?.toString().replace('"arguments":{}', `"arguments":{"a":${amount}}`);
      return messageOf(await host.send({ ...sent, body: body ?? '' })) as Message;
    };
    for (const [asked, brought] of [
      ['null', '1e999'],
      ['1e999', '-1e999'],
      ['0', '-0'],
      ['1', '"1"'],
    ] as const) {
      const state = (await ask(asked)).result?.requestState;
      expect(await ask(brought, state)).toEqual(refusal);
      expect((await ask(asked, state)).result).toMatchObject({ resultType: 'complete' });
    }
    expect(seen).toHaveLength(4);
  });

  it('takes no state from another method (RS-87, ATK-73)', async () => {
    const policy = { tools: { whoami: [] }, prompts: { whoami: [] } };
    const { host, ask } = await startPaged({ policy });
    const token = await mint(host);
    const { requestState } = (await ask(token, {})).result ?? {};
    const brought = { inputResponses: answers, requestState };
    expect(await ask(token, brought, 'prompts/get')).toEqual(refusal);
    expect((await ask(token, brought)).result).toMatchObject({ resultType: 'complete' });
  });

  it('takes no state from another tool, and none for a permission (RS-87, ATK-73)', async () => {
    const { host, seen, ask } = await startPaged();
    const token = await mint(host, 'mcp:tools:weather');
    const { requestState } = (await ask(token, { name: 'weather' })).result ?? {};
    const brought = { inputResponses: answers, requestState };
    expect(await ask(token, { name: 'whoami', ...brought })).toEqual(refusal);
    const params = { name: 'weather', arguments: { a: 1, b: [2, { c: 3 }] }, ...brought };
    const without = {
      era: 'modern',
      method: 'tools/call',
      params,
      token: await mint(host),
    } as const;
    expect((await call(host, without)).status).toBe(403);
    expect(seen).toEqual([]);
  });

  it('is opened by another instance that shares the secrets, and by no other', async () => {
    if (network) return;
    const secrets = ['a secret of at least 32 characters'];
    const first = await startPaged({ secrets });
    const token = await mint(first.host);
    const { requestState } = (await first.ask(token, {})).result ?? {};
    const brought = { inputResponses: answers, requestState };
    const second = await startPaged({ secrets });
    expect((await second.ask(token, brought)).result).toMatchObject({ resultType: 'complete' });
    const third = await startPaged();
    expect(await third.ask(token, brought)).toEqual(refusal);
  });

  if (!network) return;
  it('goes unnoticed by the v2 client, which asks its user', async () => {
    const { host, seen } = await startPaged();
    const client = new Client(
      { name: 'tests', version: '1.0.0' },
      {
        versionNegotiation: { mode: { pin: '2026-07-28' } },
        capabilities: { elicitation: { form: {} } },
      },
    );
    client.setRequestHandler('elicitation/create', () => ({
      action: 'accept',
      content: { ok: true },
    }));
    const requestInit = { headers: { Authorization: `Bearer ${await mint(host)}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(host.url), { requestInit }));
    const done = await client.callTool({ name: 'whoami', arguments: { place: 'Oslo' } });
    await client.close();
    expect(done.content).toEqual([{ type: 'text', text: 'done: asked by whoami' }]);
    expect(seen).toEqual(['asked by whoami']);
  });
});
