import type { Principal } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import type { McpEndpoint } from '../endpoint.js';
import { createSeals } from '../seal/seals.js';
import { createSessions, type Session, withoutSessions } from './sessions.js';

const resource = 'https://mcp.example.com/mcp';
const sessions = createSessions(createSeals({ resource }), () => 1_800_000_000_000);
const ada: Principal = {
  ...{ kind: 'principal', actor: 'user', issuer: 'https://issuer.example', subject: 'ada' },
  ...{ clientId: 'cli', tokenId: 't', scopes: [], expiresAt: 2_000_000_000, claims: {} },
};
const options = { authInfo: undefined as never };

const request = (headers: Record<string, string> = {}, method = 'GET') =>
  new Request(resource, { method, headers });

async function opened(headers: Record<string, string>, principal = ada): Promise<Session> {
  const session = await sessions.open(request(headers), principal);
  if (session.kind === 'fault') throw new Error(session.reason);
  return session;
}

/** Answers with these headers and this body, and tells what it was sent. */
function answering(headers: Record<string, string>, body: BodyInit | null = null) {
  const seen: (readonly [string | null, string | null])[] = [];
  const endpoint: McpEndpoint = async (given) => {
    seen.push([given.headers.get('mcp-session-id'), given.headers.get('last-event-id')]);
    return new Response(body, { status: 201, statusText: 'Made', headers });
  };
  return { seen, endpoint };
}

/** A session that was begun, as its client knows it. */
async function begun(own: string, principal = ada): Promise<string> {
  const { endpoint } = answering({ 'mcp-session-id': own });
  const none = await opened({}, principal);
  const response = await sessions.within(endpoint, none)(request({}, 'POST'), options);
  return response.headers.get('mcp-session-id') ?? '';
}

const stream = { 'content-type': 'text/event-stream' };
const idsOf = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '');

it('hands the endpoint its own id, and the client the one it knows (RS-104)', async () => {
  const sealed = await begun('own-1');
  expect(sealed).toMatch(/^[A-Za-z0-9_-]{50,}$/);
  expect(sealed).not.toContain('own-1');
  const { seen, endpoint } = answering({ 'mcp-session-id': 'own-1', 'x-other': 'kept' }, 'text');
  const session = await opened({ 'Mcp-Session-Id': sealed });
  const response = await sessions.within(endpoint, session)(request({}, 'POST'), options);
  expect(seen).toEqual([['own-1', null]]);
  expect([response.status, response.statusText, await response.text()]).toEqual([
    201,
    'Made',
    'text',
  ]);
  expect([...response.headers]).toEqual([
    ['content-type', 'text/plain;charset=UTF-8'],
    ['mcp-session-id', sealed],
    ['x-other', 'kept'],
  ]);
});

it('seals another id that the endpoint takes up in the middle', async () => {
  for (const batches of [true, false]) {
    const session = await opened({ 'mcp-session-id': await begun('own-1') });
    const named = session.named && { ...session.named, batches };
    const { endpoint } = answering({ 'mcp-session-id': 'own-2' });
    const within = sessions.within(endpoint, { ...session, named });
    const sealed = (await within(request({}, 'POST'), options)).headers.get('mcp-session-id');
    const next = await opened({ 'mcp-session-id': sealed ?? '' });
    expect(next.named).toEqual({ sealed, own: 'own-2', batches });
  }
});

it('is of the revision that it was asked for, where a batch does not say its own (REV-13)', async () => {
  const ask = async (protocolVersion: unknown, headers: Record<string, string> = {}) => {
    const { endpoint } = answering({ 'mcp-session-id': 'own-1' });
    const operations = [{ method: 'initialize', params: { protocolVersion }, id: 1 }];
    const begins = sessions.within(endpoint, await opened({}), operations);
    const begun = await begins(request({}, 'POST'), options);
    const sealed = begun.headers.get('mcp-session-id') ?? '';
    const said = request({ 'mcp-session-id': sealed, ...headers }, 'POST');
    expect(await sessions.open(said, ada)).toMatchObject({ named: { own: 'own-1' } });
    return sessions.open(said, ada, true);
  };
  expect(await ask('2025-03-26')).toMatchObject({ kind: 'session' });
  for (const later of ['2025-06-18', '2025-11-25', '2099-01-01', undefined]) {
    const fault = await ask(later);
    if (fault.kind !== 'fault') throw new Error('It was taken.');
    expect([fault.reason, fault.response.status, await fault.response.text()]).toEqual([
      'protocol_32600',
      400,
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Bad Request: only MCP 2025-03-26 has JSON-RPC batches"},"id":null}',
    ]);
    const says = { 'mcp-protocol-version': '2025-03-26' };
    expect(await ask(later, says)).toMatchObject({ kind: 'session' });
  }
});

describe('a session id that is not the caller’s', () => {
  const notFound = async (headers: Record<string, string>, principal: Principal) => {
    const fault = await sessions.open(request(headers), principal);
    if (fault.kind !== 'fault') throw new Error('It was opened.');
    const { status, headers: sent } = fault.response;
    expect(sent.get('cache-control')).toBe('no-store');
    return [fault.reason, status, await fault.response.text()];
  };
  const answer = [
    'session_not_found',
    404,
    '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}',
  ];

  it('is unknown, whoever’s it is (RS-104, ATK-80)', async () => {
    const sealed = await begun('own-1');
    const others: Partial<Principal>[] = [
      { subject: 'bob' },
      { clientId: 'web' },
      { issuer: 'https://other.example' },
      { actor: 'client' },
    ];
    for (const other of others) {
      expect(await notFound({ 'mcp-session-id': sealed }, { ...ada, ...other })).toEqual(answer);
    }
    const refreshed = { ...ada, tokenId: 'other', scopes: ['x'], expiresAt: 1_900_000_000 };
    expect((await opened({ 'mcp-session-id': sealed }, refreshed)).named?.own).toBe('own-1');
  });

  it('is unknown when it was guessed, cut, doubled or is another kind of sealed value (ATK-82)', async () => {
    const sealed = await begun('own-1');
    const session = await opened({ 'mcp-session-id': sealed });
    const { endpoint } = answering(stream, 'id: 1\ndata: x\n\n');
    const events = await sessions.within(endpoint, session)(request(), options);
    const [event = ''] = idsOf(await events.text());
    const guesses = ['own-1', '', sealed.slice(1), `${sealed}, ${sealed}`, crypto.randomUUID()];
    for (const guess of [...guesses, event]) {
      expect(await notFound({ 'mcp-session-id': guess }, ada)).toEqual(answer);
    }
  });
});

describe('event ids', () => {
  const sent =
    'id: 1.a\nretry: 10\ndata: \n\n: keepalive\n\nevent: message\nid: 2.a\ndata: {"a":1}\n\nid\ndata: b\n\ndata: c\n\n';

  it('leave sealed, each another text, and all else is as it was (RS-107)', async () => {
    const session = await opened({ 'mcp-session-id': await begun('own-1') });
    const { endpoint } = answering({ ...stream, 'content-length': '999' }, sent);
    const response = await sessions.within(endpoint, session)(request(), options);
    const text = await response.text();
    const ids = idsOf(text);
    expect(text).toBe(
      `id: ${ids[0]}\nretry: 10\ndata: \n\n: keepalive\nevent: message\nid: ${ids[1]}\ndata: {"a":1}\n\nid\ndata: b\n\ndata: c\n\n`,
    );
    expect(ids).toHaveLength(2);
    expect(ids[0]).not.toBe(ids[1]);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{40,}$/);
    expect(response.headers.has('content-length')).toBe(false);
  });

  it('come back opened within their session, and nowhere else (RS-107, ATK-80)', async () => {
    const [first, second] = [await begun('own-1'), await begun('own-2')];
    const { endpoint } = answering(stream, sent);
    const session = await opened({ 'mcp-session-id': first });
    const response = await sessions.within(endpoint, session)(request(), options);
    const [, last = ''] = idsOf(await response.text());
    const resumed = await opened({ 'mcp-session-id': first, 'last-event-id': last });
    const told = answering(stream, '');
    await sessions.within(told.endpoint, resumed)(request(), options);
    expect(told.seen).toEqual([['own-1', '2.a']]);

    const elsewhere: readonly Record<string, string>[] = [
      { 'mcp-session-id': second, 'last-event-id': last },
      { 'last-event-id': last },
      { 'mcp-session-id': first, 'last-event-id': '2.a' },
      { 'mcp-session-id': first, 'last-event-id': first },
    ];
    for (const headers of elsewhere) {
      const fault = await sessions.open(request(headers), ada);
      if (fault.kind !== 'fault') throw new Error('It was opened.');
      expect([fault.reason, fault.response.status, await fault.response.text()]).toEqual([
        'event_not_found',
        400,
        '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Invalid event ID format"},"id":null}',
      ]);
    }
    const bob = { ...ada, subject: 'bob' };
    const foreign = { 'mcp-session-id': await begun('own-1', bob), 'last-event-id': last };
    expect(await sessions.open(request(foreign), bob)).toMatchObject({ reason: 'event_not_found' });
  });

  it('are sealed to the session that the answer itself begins', async () => {
    const { endpoint } = answering({ ...stream, 'mcp-session-id': 'own-9' }, sent);
    const response = await sessions.within(endpoint, await opened({}))(
      request({}, 'POST'),
      options,
    );
    const sealed = response.headers.get('mcp-session-id') ?? '';
    const [last = ''] = idsOf(await response.text());
    const resumed = await opened({ 'mcp-session-id': sealed, 'last-event-id': last });
    expect(resumed).toMatchObject({ named: { own: 'own-9' }, lastEventId: '1.a' });
  });

  it('are left out where an answer must not be sent again', async () => {
    const { endpoint } = answering(stream, 'id: 1\nretry: 10\ndata: \n\nid: 2\ndata: {"a":1}\n\n');
    const operations = [{ method: 'completion/complete', params: {} }];
    const within = sessions.within(endpoint, await opened({}), operations);
    const response = await within(request(), options);
    expect(await response.text()).toBe('retry: 10\ndata: \n\ndata: {"a":1}\n\n');
  });

  it('are looked at on GET alone: nothing goes on by POST', async () => {
    const post = request({ 'last-event-id': 'anything' }, 'POST');
    expect(await sessions.open(post, ada)).toMatchObject({ kind: 'session' });
  });
});

it('passes events on as they come, and tells the endpoint when nobody listens any more', async () => {
  let push: (text: string) => void = () => {};
  let left = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      push = (text) => controller.enqueue(new TextEncoder().encode(text));
    },
    cancel: () => {
      left = true;
    },
  });
  const { endpoint } = answering(stream, body);
  const response = await sessions.within(endpoint, await opened({}))(request(), options);
  const reader = response.body?.getReader();
  push('data: 1\n\n');
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n');
  await reader?.cancel();
  expect(left).toBe(true);
});

it('gives no session id to anybody where nothing would bind it (RS-106)', async () => {
  const { endpoint } = answering({ 'mcp-session-id': 'own-1', 'x-other': 'kept' }, 'text');
  const response = await withoutSessions(endpoint)(request({}, 'POST'), options);
  expect([response.status, await response.text()]).toEqual([201, 'text']);
  expect([...response.headers.keys()]).toEqual(['content-type', 'x-other']);
});
