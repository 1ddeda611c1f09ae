import { ConfigurationError, type Principal } from '@portcullis/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { McpEndpoint } from '../endpoint.js';
import { type McpAuthInfo, toAuthInfo } from '../handler/auth-info.js';
import { createSessionPool, type SessionLimits, type SessionStart } from './session-pool.js';

const url = 'https://mcp.example.com/mcp';
const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} };

function authInfoOf(subject: string): McpAuthInfo {
  const principal: Principal = {
    ...{ kind: 'principal', actor: 'user', issuer: 'https://issuer.example', subject },
    ...{ clientId: 'cli', tokenId: 't', scopes: [], expiresAt: 2_000_000_000, claims: {} },
  };
  return toAuthInfo({ kind: 'caller', principal }, url);
}

/** A pool over servers that echo their session's id, and streams that stay open. */
function createRig(limits: SessionLimits = {}, handle?: McpEndpoint) {
  const closed: string[] = [];
  const started: SessionStart[] = [];
  const pool = createSessionPool(limits, async (start) => {
    started.push(start);
    return {
      handle:
        handle ??
        (async ({ method }) => {
          const open = new ReadableStream<Uint8Array>({});
          return new Response(method === 'GET' ? open : start.id, {
            headers: { 'mcp-session-id': start.id },
          });
        }),
      close: async () => void closed.push(start.id),
    };
  });
  const send = (subject: string, id?: string, method = 'POST', parsedBody: unknown = {}) => {
    const headers = new Headers(id === undefined ? {} : { 'mcp-session-id': id });
    const request = new Request(url, { method, headers });
    return pool.serve(request, { authInfo: authInfoOf(subject), parsedBody });
  };
  const begin = async (subject: string) => {
    const response = await send(subject, undefined, 'POST', initialize);
    await response.text();
    return response.headers.get('mcp-session-id') ?? '';
  };
  return { pool, closed, started, send, begin };
}

afterEach(() => vi.useRealTimers());

async function read(answer: Promise<Response>) {
  const response = await answer;
  return [response.status, await response.text()];
}

const unknown = '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}';
const unnamed =
  '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Mcp-Session-Id header is required"},"id":null}';

it('serves a session to its owner, and tells nobody else that it is there (RS-104, ATK-80)', async () => {
  const { begin, send } = createRig();
  const id = await begin('ada');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await read(send('ada', id))).toEqual([200, id]);
  for (const method of ['POST', 'GET', 'DELETE']) {
    expect(await read(send('bob', id, method))).toEqual([404, unknown]);
    expect(await read(send('ada', crypto.randomUUID(), method))).toEqual([404, unknown]);
  }
});

it('asks for the session where none is named, and begins one on `initialize` alone (RS-105)', async () => {
  const { send, started } = createRig();
  const bodies = [{}, [initialize], undefined, 'initialize', { method: 'tools/list' }];
  for (const body of bodies) {
    expect(await read(send('ada', undefined, 'POST', body))).toEqual([400, unnamed]);
  }
  expect(await read(send('ada', undefined, 'GET', initialize))).toEqual([400, unnamed]);
  expect(await read(send('ada', undefined, 'DELETE'))).toEqual([400, unnamed]);
  expect(started).toEqual([]);
});

it('keeps no session that was refused its beginning', async () => {
  const refuse = async () => new Response('no', { status: 406 });
  const { send, closed, started } = createRig({ maxSessions: 1 }, refuse);
  for (let n = 1; n <= 3; n += 1) {
    expect(await read(send('ada', undefined, 'POST', initialize))).toEqual([406, 'no']);
    expect([started.length, closed.length]).toEqual([n, n]);
  }
});

it('keeps no session that nobody was told of, as where `initialize` is a notification (ATK-91)', async () => {
  const accept = async () => new Response(null, { status: 202 });
  const { send, closed, started } = createRig({ maxSessions: 1 }, accept);
  for (let n = 1; n <= 3; n += 1) {
    expect((await send('ada', undefined, 'POST', { method: 'initialize' })).status).toBe(202);
    expect([started.length, closed.length]).toEqual([n, n]);
  }
});

it('keeps no session whose server cannot be built, or breaks at once', async () => {
  let builds = 0;
  const pool = createSessionPool({ maxSessions: 1 }, async () => {
    builds += 1;
    throw new Error('no server');
  });
  const given = { authInfo: authInfoOf('ada'), parsedBody: initialize };
  const post = () => pool.serve(new Request(url, { method: 'POST' }), given);
  await expect(post()).rejects.toThrow('no server');
  await expect(post()).rejects.toThrow('no server');
  expect(builds).toBe(2);
  const breaks = () => Promise.reject(new Error('broken'));
  const { send, closed } = createRig({}, breaks);
  await expect(send('ada', undefined, 'POST', initialize)).rejects.toThrow('broken');
  expect(closed).toHaveLength(1);
});

it('forgets a session that its server has closed', async () => {
  const { begin, send, started } = createRig();
  const id = await begin('ada');
  started[0]?.ended();
  expect(await read(send('ada', id))).toEqual([404, unknown]);
});

it('serves nobody without a gate in front', async () => {
  const { pool } = createRig();
  const asGiven = { ...authInfoOf('ada'), extra: { principal: { subject: 'ada' } } };
  for (const authInfo of [undefined as never, asGiven]) {
    const post = new Request(url, { method: 'POST' });
    await expect(pool.serve(post, { authInfo, parsedBody: initialize })).rejects.toThrow(
      ConfigurationError,
    );
  }
});

describe('a full pool', () => {
  it("ends the owner's longest idle session past the owner's share, and nobody else's", async () => {
    const { begin, send, closed } = createRig({ maxSessionsPerOwner: 2 });
    const bob = await begin('bob');
    const [first, second] = [await begin('ada'), await begin('ada')];
    await (await send('ada', first)).text();
    const third = await begin('ada');
    expect(closed).toEqual([second]);
    for (const id of [first, third]) expect((await send('ada', id)).status).toBe(200);
    expect((await send('bob', bob)).status).toBe(200);
  });

  it('ends the longest idle of all past its size, and one that listens after one that does not', async () => {
    const { begin, send, closed } = createRig({ maxSessions: 2 });
    const listening = await begin('ada');
    await send('ada', listening, 'GET');
    const idle = await begin('bob');
    await begin('cyd');
    expect(closed).toEqual([idle]);
    await begin('dan');
    await begin('eve');
    expect(closed).toHaveLength(3);
    expect(closed).not.toContain(listening);
  });

  it('ends those of who has the most before the only one of anybody else, be it idle for longer (ATK-91)', async () => {
    const { begin, send, closed } = createRig({ maxSessions: 6, maxSessionsPerOwner: 3 });
    const bob = await begin('bob');
    const many = ['ada 1', 'ada 2'];
    for (let n = 0; n < 20; n += 1) {
      // One that only listens is no better off among those of who has the most.
      const id = await begin(many[n % 2] ?? '');
      await send(many[n % 2] ?? '', id, 'GET');
    }
    expect(closed).not.toContain(bob);
    const cyd = await begin('cyd');
    for (let n = 0; n < 20; n += 1) await begin(`ada ${n % 2}`);
    expect((await send('bob', bob)).status).toBe(200);
    expect((await send('cyd', cyd)).status).toBe(200);
  });

  it('cuts no running call: 429 for who has too many, 503 where nothing is free', async () => {
    const headers = { 'mcp-session-id': 'one' };
    const open = async () => new Response(new ReadableStream<Uint8Array>({}), { headers });
    const owned = createRig({ maxSessionsPerOwner: 1 }, open);
    await owned.send('ada', undefined, 'POST', initialize);
    const refused = await owned.send('ada', undefined, 'POST', initialize);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect((await owned.send('bob', undefined, 'POST', initialize)).status).toBe(200);

    const full = createRig({ maxSessions: 1 }, open);
    const running = await full.send('ada', undefined, 'POST', initialize);
    expect((await full.send('bob', undefined, 'POST', initialize)).status).toBe(503);
    await running.body?.cancel();
    expect((await full.send('bob', undefined, 'POST', initialize)).status).toBe(200);
  });

  it('ends an idle session where those of who has the most all have running calls', async () => {
    const headers = { 'mcp-session-id': 'one' };
    const { send, closed, started } = createRig({ maxSessions: 3 }, async () => {
      // Those that were begun first never come to their end.
      const body = started.length < 3 ? new ReadableStream<Uint8Array>({}) : 'begun';
      return new Response(body, { headers });
    });
    for (const owner of ['ada', 'ada', 'bob', 'cyd']) {
      const begun = await send(owner, undefined, 'POST', initialize);
      expect(begun.status).toBe(200);
      if (owner === 'bob') await begun.text();
    }
    expect(closed).toEqual([started[2]?.id]);
  });

  it('never holds more than its size, however many come at once', async () => {
    const { begin, started, closed } = createRig({ maxSessions: 5 });
    await Promise.all(Array.from({ length: 50 }, (_, n) => begin(`owner ${n}`)));
    expect([started.length, closed.length]).toEqual([5, 0]);
  });
});

describe('an idle session', () => {
  it('ends when its time is over, counted from the last request', async () => {
    vi.useFakeTimers();
    const { begin, send, closed } = createRig({ idleMs: 1000 });
    const id = await begin('ada');
    await vi.advanceTimersByTimeAsync(900);
    await (await send('ada', id)).text();
    await vi.advanceTimersByTimeAsync(900);
    expect(closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(closed).toEqual([id]);
    expect(await read(send('ada', id))).toEqual([404, unknown]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is none while somebody listens', async () => {
    vi.useFakeTimers();
    const { begin, send, closed } = createRig({ idleMs: 1000 });
    const id = await begin('ada');
    const stream = await send('ada', id, 'GET');
    await (await send('ada', id)).text();
    await vi.advanceTimersByTimeAsync(5000);
    expect(closed).toEqual([]);
    await stream.body?.cancel();
    await vi.advanceTimersByTimeAsync(1000);
    expect(closed).toEqual([id]);
  });

  it('is none while a call runs, and begins to be one when all are through or have failed', async () => {
    vi.useFakeTimers();
    const finishes: (() => void)[] = [];
    const { send, closed, started } = createRig({ idleMs: 1000 }, async ({ headers }, given) => {
      const begun = { headers: { 'mcp-session-id': 'one' } };
      if (!headers.has('mcp-session-id')) return new Response('begun', begun);
      if (given.parsedBody === 'fails') throw new Error('broken');
      const start = (controller: ReadableStreamDefaultController) => {
        finishes.push(() => controller.close());
      };
      return new Response(new ReadableStream<Uint8Array>({ start }));
    });
    await send('ada', undefined, 'POST', initialize);
    const id = started[0]?.id ?? '';
    await send('ada', id);
    await send('ada', id);
    await expect(send('ada', id, 'POST', 'fails')).rejects.toThrow('broken');
    finishes[0]?.();
    await vi.advanceTimersByTimeAsync(5000);
    expect(closed).toEqual([]);
    finishes[1]?.();
    await vi.advanceTimersByTimeAsync(999);
    expect(closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(closed).toEqual([id]);
  });

  it('lasts half an hour by default', async () => {
    vi.useFakeTimers();
    const { begin, closed } = createRig();
    const id = await begin('ada');
    await vi.advanceTimersByTimeAsync(1_799_999);
    expect(closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(closed).toEqual([id]);
  });
});

it('ends all sessions when it is closed, leaves no timer and begins no more', async () => {
  vi.useFakeTimers();
  const { pool, begin, send, closed } = createRig();
  const ids = [await begin('ada'), await begin('bob')];
  await pool.close();
  expect(closed).toEqual(ids);
  expect(vi.getTimerCount()).toBe(0);
  expect(await read(send('ada', ids[0]))).toEqual([404, unknown]);
  expect((await send('ada', undefined, 'POST', initialize)).status).toBe(503);
});

it('closes a server that was being built while the pool was closed', async () => {
  let built: (() => void) | undefined;
  const closed: string[] = [];
  const pool = createSessionPool({}, async ({ id }) => {
    await new Promise<void>((resolve) => {
      built = resolve;
    });
    return { handle: async () => new Response(), close: async () => void closed.push(id) };
  });
  const given = { authInfo: authInfoOf('ada'), parsedBody: initialize };
  const answer = pool.serve(new Request(url, { method: 'POST' }), given);
  await pool.close();
  built?.();
  expect((await answer).status).toBe(503);
  expect(closed).toHaveLength(1);
});

it.each([
  [{ maxSessions: 0 }, '"maxSessions" must be a whole number from 1 to 2147483647; got 0.'],
  [
    { maxSessionsPerOwner: 1.5 },
    '"maxSessionsPerOwner" must be a whole number from 1 to 2147483647; got 1.5.',
  ],
  [
    { idleMs: 2_147_483_648 },
    '"idleMs" must be a whole number from 1 to 2147483647; got 2147483648.',
  ],
])('stops the start with %j', (limits, problem) => {
  expect(() => createSessionPool(limits, async () => Promise.reject(new Error()))).toThrow(
    `${problem} Leave it out for the default.`,
  );
});
