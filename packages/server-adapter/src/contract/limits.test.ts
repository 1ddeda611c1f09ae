import { describe, expect, it, vi } from 'vitest';
import type { CallLimiter, CountedCall } from '../index.js';
import { call, callTool, messageOf, toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';
import { openSockets } from './open-sockets.js';

onEveryHost(({ eras, issuer, network, start, mint }) => {
  for (const era of eras) {
    describe(era, () => {
      it('answers a principal that calls a tool too often with 429 and when to try again (RS-91)', async () => {
        let now = Date.now();
        const host = await start({ clock: () => now, limits: { calls: { perMinute: 3 } } });
        const token = await mint(host, 'mcp:tools:*');
        const status = async (name = 'weather', by = token) =>
          (await callTool(host, era, by, name)).status;
        expect([await status(), await status(), await status()]).toEqual([200, 200, 200]);
        const headers = { Origin: new URL(host.url).origin };
        const params = { name: 'weather', arguments: {} };
        const refused = await call(host, { era, method: 'tools/call', params, token, headers });
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20']);
        expect(JSON.parse(refused.text)).toEqual({
          error: 'rate_limited',
          error_description: 'Too many calls; try again later',
        });
        expect(refused.headers.get('content-type')).toBe('application/json');
        expect(refused.headers.get('cache-control')).toBe('no-store');
        expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After');
        expect(host.sink.events.at(-1)).toMatchObject({
          ...{ outcome: 'denied', reason: 'rate_limited', status: 429 },
          ...{ method: 'tools/call', name: 'weather', missing: [] },
        });
        // A refresh is no new budget; another tool, person or client has its own.
        expect(await status('weather', await mint(host, 'mcp:tools:*'))).toBe(429);
        expect(await status('payroll')).toBe(200);
        for (const claims of [{ sub: 'user-2' }, { client_id: 'client-2' }]) {
          const scopes = ['mcp:tools:*'];
          const other = await issuer().mint({ claims: { aud: host.url, ...claims }, scopes });
          expect(await status('weather', other)).toBe(200);
        }
        now += 19_000;
        expect(await status()).toBe(429);
        now += 1_001;
        expect([await status(), await status()]).toEqual([200, 429]);
      });

      it('lets an entry set its own rate, and counts nothing that is refused anyway', async () => {
        const tools = { weather: { needs: ['mcp:tools:weather'], perMinute: 1 }, whoami: [] };
        const host = await start({ policy: { tools } as never });
        const poor = await mint(host);
        for (let times = 0; times < 3; times += 1) {
          expect((await callTool(host, era, poor, 'weather')).status).toBe(403);
        }
        const token = await mint(host, 'mcp:tools:weather');
        expect((await callTool(host, era, token, 'weather')).status).toBe(200);
        expect((await callTool(host, era, token, 'weather')).status).toBe(429);
        for (let times = 0; times < 3; times += 1) {
          expect((await callTool(host, era, token, 'whoami')).status).toBe(200);
        }
      });

      it('gives each entry that sets a rate a count of its own, and everything else the usual one', async () => {
        const read = ['mcp:resources:notes:read'];
        const host = await start({
          limits: { calls: { perMinute: 3 } },
          policy: {
            tools: { weather: [], whoami: [] },
            resources: {
              'notes://box/{id}': { needs: [], perMinute: 2 },
              'notes://box/secret': { needs: [], perMinute: 1 },
              'plain://{name}': [],
            },
            methods: { 'tools/call': { needs: [], perMinute: 4 } },
          },
        });
        const token = await mint(host, ...read);
        const reads = async (uri: string) =>
          (await call(host, { era, method: 'resources/read', params: { uri }, token })).status;
        const calls = async (name: string) => (await callTool(host, era, token, name)).status;
        expect([await reads('notes://box/secret'), await reads('notes://box/secret')]).toEqual([
          200, 429,
        ]);
        // The wider entry has seen the first of them, and not the refused one; the usual count has seen neither.
        expect([await reads('notes://box/1'), await reads('notes://box/2')]).toEqual([200, 429]);
        for (const expected of [200, 200, 200, 429]) {
          expect(await reads('plain://here')).toBe(expected);
        }
        // All tools together: the method itself has the rate.
        for (const name of ['weather', 'weather', 'whoami', 'whoami']) {
          expect(await calls(name)).toBe(200);
        }
        expect(await calls('weather')).toBe(429);
      });

      it('asks somebody else who counts, by owner and not by what clients make up', async () => {
        const counted: CountedCall[] = [];
        const calls: CallLimiter = {
          async take(one) {
            counted.push(one);
            return { allowed: true };
          },
        };
        const host = await start({ limits: { calls } });
        const token = await mint(host, 'mcp:tools:*', 'mcp:resources:*');
        await callTool(host, era, token, 'weather');
        await call(host, {
          era,
          method: 'resources/read',
          params: { uri: 'notes://box/1' },
          token,
        });
        await call(host, { era, method: 'tools/list', token });
        await callTool(host, era, token, 'nobody');
        const { issuer: trusted } = issuer();
        expect(counted.map(({ owner: _, ...what }) => what)).toEqual([
          { method: 'tools/call', name: 'weather' },
          { method: 'resources/read' },
          { method: 'tools/list' },
        ]);
        const owners = [...new Set(counted.map(({ owner }) => owner))];
        expect(owners).toEqual([JSON.stringify([trusted, 'user', 'user-1', 'client-1'])]);
      });

      it.each<[string, CallLimiter['take']]>([
        ['throws', () => JSON.parse('{')],
        ['rejects', () => Promise.reject(new Error('The store is away.'))],
        ['answers nothing', () => undefined as never],
      ])('lets nothing through while whoever counts %s', async (_, take) => {
        const host = await start({ limits: { calls: { take } } });
        const answer = await callTool(host, era, await mint(host, 'mcp:tools:*'), 'weather');
        expect([answer.status, answer.headers.get('retry-after'), host.ran]).toEqual([
          503,
          '5',
          [],
        ]);
        expect(JSON.parse(answer.text)).toMatchObject({ error: 'temporarily_unavailable' });
        expect(host.sink.events).toMatchObject([
          { outcome: 'unavailable', reason: 'limiter_unavailable', name: 'weather', status: 503 },
        ]);
      });
    });
  }

  it('counts each call of a batch, and refuses it whole', async () => {
    const host = await start({ limits: { calls: { perMinute: 3 } } });
    const sent = toSent({ era: 'legacy', method: 'x', token: await mint(host, 'mcp:tools:*') });
    const headers = sent.headers.filter(([name]) => name !== 'MCP-Protocol-Version');
    const batch = (size: number) =>
      host.send({
        ...sent,
        headers: [...headers, ['MCP-Protocol-Version', '2025-03-26']],
        body: JSON.stringify(
          Array.from({ length: size }, (_, id) => ({
            ...{ jsonrpc: '2.0', id, method: 'tools/call' },
            params: { name: 'weather', arguments: {} },
          })),
        ),
      });
    expect((await batch(2)).status).toBe(200);
    expect((await batch(2)).status).toBe(429);
    expect(host.ran).toEqual(['weather', 'weather']);
    expect(host.sink.events.slice(-2)).toMatchObject([
      { reason: 'rate_limited' },
      { reason: 'rate_limited' },
    ]);
  });

  it('bounds what one principal holds open, and gives back what is over (ATK-91)', async () => {
    const host = await start({ limits: { open: 2 } }, stuck);
    const token = await mint(host, 'mcp:tools:*');
    const open = (by: string) => {
      const { headers, body, method } = toSent({
        ...{ era: 'legacy', method: 'tools/call', token: by },
        params: { name: 'weather', arguments: {} },
      });
      const lines = headers.map(([name, value]): [string, string] => [name, value]);
      const ending = new AbortController();
      const answered = host.fetch(host.url, {
        ...{ method, headers: lines, body: body ?? '', signal: ending.signal },
      });
      return { answered, ending };
    };
    const held = [open(token), open(token)];
    const streams = await Promise.all(held.map(({ answered }) => answered));
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    expect(host.auth.health().open).toBe(2);
    const third = await open(token).answered;
    expect([third.status, third.headers.get('retry-after'), await third.json()]).toEqual([
      429,
      '5',
      {
        error: 'too_many_open',
        error_description: 'Too many answers are open; end one, or try again later',
      },
    ]);
    expect(host.sink.events.at(-1)).toMatchObject({ outcome: 'denied', reason: 'too_many_open' });
    const other = await issuer().mint({
      claims: { aud: host.url, sub: 'user-2' },
      scopes: ['mcp:tools:*'],
    });
    const theirs = open(other);
    expect((await theirs.answered).status).toBe(200);
    held[0]?.ending.abort();
    await streams[0]?.body?.cancel().catch(() => {});
    await expect.poll(() => host.auth.health().open).toBe(2);
    const again = open(token);
    expect((await again.answered).status).toBe(200);
    for (const { answered, ending } of [...held.slice(1), again, theirs]) {
      ending.abort();
      await (await answered).body?.cancel().catch(() => {});
    }
    await expect.poll(() => host.auth.health().open).toBe(0);
  });

  it('gives back what somebody hung up on before it began (ATK-91)', async () => {
    let asked = () => {};
    let answer = (_: boolean) => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const rule = () => {
      asked();
      return new Promise<boolean>((resolve) => {
        answer = resolve;
      });
    };
    const tools = { whoami: { needs: [], rule } };
    const begun: boolean[] = [];
    // Like an SDK whose tool does not look at the signal.
    const endless = (request: Request) => {
      begun.push(request.signal.aborted);
      return new Promise<Response>(() => {});
    };
    const host = await start({ limits: { open: 1 }, policy: { tools } }, endless);
    const open = openSockets(host);
    const { headers, body, method } = toSent({
      ...{ era: 'legacy', method: 'tools/call', token: await mint(host) },
      params: { name: 'whoami', arguments: {} },
    });
    const lines = headers.map(([name, value]): [string, string] => [name, value]);
    const ending = new AbortController();
    const init = { method, headers: lines, body: body ?? '', signal: ending.signal };
    host.fetch(host.url, init).catch(() => {});
    await isAsked;
    ending.abort();
    await expect.poll(open).toBe(0);
    answer(true);
    await expect.poll(() => begun).toEqual([true]);
    expect(host.auth.health().open).toBe(0);
    expect(host.sink.events).toMatchObject([
      { kind: 'decision', outcome: 'allowed' },
      { kind: 'completion', outcome: 'unknown' },
    ]);
  });

  it('gives back what a refusal of the log never let begin', async () => {
    const sink = { onFailure: 'block', write: () => Promise.reject(new Error('full')) } as const;
    const host = await start({ audit: [sink], limits: { open: 1 } });
    for (let times = 0; times < 2; times += 1) {
      const answer = await callTool(host, 'legacy', await mint(host, 'mcp:tools:*'), 'weather');
      expect(answer.status).toBe(503);
    }
    expect(host.auth.health()).toMatchObject({ status: 'failing', open: 0 });
  });

  it('bounds header fields, before anybody looks at a token (RS-43, ATK-91)', async () => {
    const host = await start({ maxHeaderBytes: 4000 });
    const token = await mint(host, 'mcp:tools:weather');
    const params = { name: 'weather', arguments: {} };
    const withExtra = (extra: readonly (readonly [string, string])[], by = token) =>
      call(host, { era: 'legacy', method: 'tools/call', params, token: by, extra });
    const fits = await withExtra([['X-Padding', 'x'.repeat(1000)]]);
    expect([fits.status, messageOf(fits)]).toMatchObject([200, { result: {} }]);
    const many = Array.from({ length: 300 }, (_, index) => [`X-${index}`, '1'.repeat(10)] as const);
    for (const extra of [[['X-Padding', 'x'.repeat(4000)]] as const, many]) {
      const answer = await withExtra(extra, 'bad');
      expect(answer.status).toBe(431);
      expect(JSON.parse(answer.text)).toEqual({
        jsonrpc: '2.0',
        error: {
          code: -32600,
          message: 'Request Header Fields Too Large: they may have 4000 bytes',
        },
        id: null,
      });
      expect(host.sink.events.at(-1)).toMatchObject({ reason: 'headers_too_large', status: 431 });
    }
    expect(host.ran).toEqual(['weather']);
    // Node stops earlier by itself; what it says is not ours.
    const huge = withExtra([['X-Padding', 'x'.repeat(100_000)]], 'bad');
    const status = await huge.then((answer) => answer.status).catch(() => 'cut off');
    expect(network ? [431, 'cut off'] : [431]).toContain(status);
  });

  it('waits half a minute for a slow body (RS-43, ATK-91)', async () => {
    const host = await start();
    const token = await mint(host, 'mcp:tools:*');
    // From here on the token is remembered, and no timer but the body's is set.
    expect((await callTool(host, 'legacy', token, 'weather')).status).toBe(200);
    const { headers, method } = toSent({ era: 'legacy', method: 'tools/call', token });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"jsonrpc":"2.0",')),
      });
      const lines = headers.map(([name, value]): [string, string] => [name, value]);
      const init = { method, headers: lines, body, duplex: 'half' } as RequestInit;
      const before = vi.getTimerCount();
      const answered = host.fetch(host.url, init);
      await expect.poll(() => vi.getTimerCount()).toBeGreaterThan(before);
      await vi.advanceTimersByTimeAsync(30_000);
      expect((await answered).status).toBe(408);
      expect(host.auth.health().open).toBe(0);
      expect(host.sink.events.at(-1)).toMatchObject({ outcome: 'denied', status: 408 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('bounds how long a body is, and how deep it nests, in time and in answers (ATK-91)', async () => {
    const host = await start({ maxBodyBytes: 100_000 });
    const token = await mint(host, 'mcp:tools:*');
    const sent = toSent({ era: 'legacy', method: 'tools/call', token });
    const send = async (body: string) => {
      const began = performance.now();
      const { status } = await host.send({ ...sent, body });
      return [status, performance.now() - began < 1000];
    };
    const nested = (depth: number) =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"weather","arguments":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}}`;
    expect(await send('['.repeat(99_000))).toEqual([400, true]);
    expect(await send(nested(49_000))).toEqual([400, true]);
    expect(await send(`{"a":"${'x'.repeat(100_001)}"}`)).toEqual([413, true]);
    expect(await send(`[${'1,'.repeat(49_000)}1]`)).toEqual([400, true]);
    expect(await send(nested(10))).toEqual([200, true]);
    expect(host.ran).toEqual(['weather']);
  });
});

/** An endpoint whose answers never end by themselves. */
async function stuck(): Promise<Response> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(': here\n\n')),
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
