import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it } from 'vitest';
import type { McpEndpoint } from '../index.js';
import type { Era } from '../message/version-match.js';
import { call, callTool, messageOf, toSent } from './calls.js';
import type { FixtureOptions, Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';
import { collidingServer, pagedPolicy, pagedServer } from './paged-server.js';
import { begin, callOf, end, listen, messagesOf, post } from './sessions-talk.js';

type Result = Record<string, unknown> & { nextCursor?: string };
type Item = Record<string, unknown>;

/** Only revisions that do not name themselves have batches. */
const batched = { 'MCP-Protocol-Version': undefined };

const kinds = [
  ['tools/list', 'tools', 'name'],
  ['prompts/list', 'prompts', 'name'],
  ['resources/list', 'resources', 'uri'],
  ['resources/templates/list', 'resourceTemplates', 'uriTemplate'],
] as const;

/** One page, as it goes over the wire. */
async function page(
  host: Host,
  era: Era,
  token: string,
  method: string,
  cursor?: string,
): Promise<Result> {
  const params = cursor === undefined ? {} : { cursor };
  return messageOf(await call(host, { era, method, params, token })).result as Result;
}

/** All pages of one list, and the names on them. */
async function pages(
  host: Host,
  era: Era,
  token: string,
  [method, member, name]: (typeof kinds)[number],
) {
  const results: Result[] = [];
  do results.push(await page(host, era, token, method, results.at(-1)?.nextCursor));
  while (results.at(-1)?.nextCursor !== undefined);
  const items = results.flatMap((result) => result[member] as Item[]);
  return { results, items, names: items.map((item) => item[name]) };
}

onEveryHost(({ eras, sdk, network, issuer, start, mint }) => {
  const startPaged = async (options: FixtureOptions = {}) => {
    const { endpoint, seen } = pagedServer(sdk);
    const host = await start({ policy: pagedPolicy, ...options }, endpoint);
    return { host, seen };
  };

  for (const era of eras) {
    describe(era, () => {
      const all = async (host: Host, token: string) => {
        const found = [];
        for (const kind of kinds) found.push((await pages(host, era, token, kind)).names);
        return found;
      };

      it('lists what a step-up could reach, in order, and never what has no entry (RS-80, RS-82)', async () => {
        const { host } = await startPaged();
        expect(await all(host, await mint(host))).toEqual([
          ['whoami', 'weather', 'payroll', 'run_workflow', 'mine'],
          ['free', 'brief'],
          ['notes://open/1', 'notes://box/1', 'notes://box/secret'],
          ['notes://open/{id}', 'notes://box/{id}', 'notes://{+path}'],
        ]);
        // Nobody consents for a client that acts for itself.
        const scopes = ['mcp:tools:weather'];
        const claims = { aud: host.url, sub: 'robot', client_id: 'robot' };
        expect(await all(host, await issuer().mint({ claims, scopes }))).toEqual([
          ['whoami', 'weather', 'mine'],
          ['free'],
          ['notes://open/1'],
          ['notes://open/{id}', 'notes://{+path}'],
        ]);
      });

      it('lists only what the caller may use where it hides the rest (RS-80)', async () => {
        const { host } = await startPaged({ lists: 'hide' });
        expect(await all(host, await mint(host))).toEqual([
          ['whoami', 'mine'],
          ['free'],
          ['notes://open/1'],
          ['notes://open/{id}', 'notes://{+path}'],
        ]);
        const more = ['mcp:resources:notes:read', 'mcp:exec:workflows:close', 'mcp:prompts:brief'];
        expect(await all(host, await mint(host, ...more))).toEqual([
          ['whoami', 'run_workflow', 'mine'],
          ['free', 'brief'],
          ['notes://open/1', 'notes://box/1'],
          ['notes://open/{id}', 'notes://box/{id}', 'notes://{+path}'],
        ]);
      });

      it('lists all that has an entry where it shows all', async () => {
        const { host } = await startPaged({ lists: 'show-all' });
        const claims = { aud: host.url, sub: 'robot', client_id: 'robot' };
        const [names] = await all(host, await issuer().mint({ claims }));
        expect(names).toEqual(['whoami', 'weather', 'payroll', 'run_workflow', 'mine']);
      });

      it('says what each item takes and what of it is there, beside the meta of the server', async () => {
        const { host } = await startPaged();
        const token = await mint(host, 'mcp:tools:*');
        const { items } = await pages(host, era, token, kinds[0]);
        expect(items.map(({ name, _meta }) => [name, _meta])).toEqual([
          ['whoami', { 'portcullis/scopes': { required: [], granted: [], missing: [] } }],
          [
            'weather',
            {
              'example.com/own': 1,
              'portcullis/scopes': {
                required: ['mcp:tools:weather'],
                granted: ['mcp:tools:weather'],
                missing: [],
              },
            },
          ],
          [
            'payroll',
            {
              'portcullis/scopes': {
                required: ['mcp:tools:payroll'],
                granted: ['mcp:tools:payroll'],
                missing: [],
              },
            },
          ],
          [
            'run_workflow',
            {
              'portcullis/scopes': {
                required: [],
                granted: [],
                missing: [],
                possible: ['mcp:exec:workflows:daily', 'mcp:exec:workflows:close'],
              },
            },
          ],
          ['mine', { 'portcullis/scopes': { required: [], granted: [], missing: [] } }],
        ]);
        const listed = await pages(host, era, await mint(host), kinds[2]);
        expect(listed.items.map(({ _meta }) => _meta)).toEqual([
          { 'portcullis/scopes': { required: [], granted: [], missing: [] } },
          {
            'portcullis/scopes': {
              required: ['mcp:resources:notes:read'],
              granted: [],
              missing: ['mcp:resources:notes:read'],
            },
          },
          {
            'portcullis/scopes': {
              required: ['mcp:resources:notes:read', 'mcp:resources:notes:secret'],
              granted: [],
              missing: ['mcp:resources:notes:read', 'mcp:resources:notes:secret'],
            },
          },
        ]);
      });

      it('judges a call the same, listed or not (RS-83, ATK-64)', async () => {
        for (const lists of ['hide', 'show-all'] as const) {
          const { host } = await startPaged({ lists });
          const token = await mint(host);
          expect((await callTool(host, era, token, 'payroll')).status).toBe(403);
          const hidden = await callTool(host, era, token, 'hidden');
          expect(hidden.status).toBe(200);
          expect(hidden.text).toContain('Tool hidden not found');
          for (const uri of ['notes://box/secret', 'NOTES://box/secret', 'notes://box/%73ecret']) {
            const read = { era, method: 'resources/read', params: { uri }, token };
            expect([uri, (await call(host, read)).status]).toEqual([uri, 403]);
          }
        }
      });

      it('keeps the hints of a list to its caller and to the life of the token (RS-81, RS-82, REV-23, ATK-71)', async () => {
        const { host } = await startPaged();
        const token = await mint(host, 'mcp:tools:weather', 'mcp:resources:notes:read');
        for (const kind of kinds) {
          const { results } = await pages(host, era, token, kind);
          expect(results.length).toBeGreaterThan(1);
          for (const { cacheScope, ttlMs } of results) {
            // No hint is added to older revisions; the v2 SDK hands on what the server says.
            if (era === 'legacy' && sdk === 'v1') {
              expect([cacheScope, ttlMs]).toEqual([undefined, undefined]);
              continue;
            }
            expect(cacheScope).toBe('private');
            expect(ttlMs).toBeGreaterThan(290_000);
            expect(ttlMs).toBeLessThanOrEqual(300_000);
          }
        }
        if (sdk === 'v1') return;
        if (era === 'modern') {
          const read = await page(host, era, token, 'server/discover');
          expect(read.cacheScope).toBe('private');
        }
        const note = { era, method: 'resources/read', params: { uri: 'notes://box/1' }, token };
        expect(messageOf(await call(host, note)).result).toMatchObject({
          cacheScope: 'private',
          ttlMs: 86_400_000,
        });
      });

      it('gives cursors to one caller, for one list and one policy (RS-82, ATK-71)', async () => {
        const secrets = ['a secret of at least 32 characters'];
        const { host, seen } = await startPaged({ secrets });
        const token = await mint(host);
        const { nextCursor = '' } = await page(host, era, token, 'tools/list');
        expect(nextCursor).toMatch(/^[A-Za-z0-9_-]{40,}$/);
        // Another token of the same person and client, as after a refresh or a step-up.
        const later = await mint(host, 'mcp:tools:weather');
        const second = await page(host, era, later, 'tools/list', nextCursor);
        expect((second.tools as Item[]).map(({ name }) => name)).toEqual(['payroll']);
        expect(seen).toEqual(['page at 2']);

        const bob = await issuer().mint({ claims: { aud: host.url, sub: 'bob' } });
        const otherClient = await issuer().mint({ claims: { aud: host.url, client_id: 'other' } });
        const altered = nextCursor.replace(/(?<=^.{30})./, (one) => (one === 'A' ? 'B' : 'A'));
        const refused: readonly (readonly [string, string, unknown])[] = [
          [bob, 'tools/list', nextCursor],
          [otherClient, 'tools/list', nextCursor],
          [token, 'prompts/list', nextCursor],
          [token, 'tools/list', altered],
          [token, 'tools/list', 'page at 2'],
          [token, 'tools/list', ''],
          [token, 'tools/list', 2],
          [token, 'tools/list', ['page at 2']],
          [token, 'tools/list', null],
        ];
        for (const [sender, method, cursor] of refused) {
          const answer = await call(host, { era, method, params: { cursor }, token: sender });
          expect([answer.status, messageOf(answer)]).toEqual([
            200,
            { jsonrpc: '2.0', id: 7, error: { code: -32602, message: 'Invalid cursor' } },
          ]);
        }
        expect(seen).toEqual(['page at 2']);
        // Over sockets the other server would be another resource.
        if (network) return;
        const hiding = await startPaged({ lists: 'hide', secrets });
        const mine = await mint(hiding.host);
        const elsewhere = {
          era,
          method: 'tools/list',
          params: { cursor: nextCursor },
          token: mine,
        };
        expect(messageOf(await call(hiding.host, elsewhere)).error).toMatchObject({ code: -32602 });
      });

      it('completes to nothing that the caller may not read (ATK-64)', async () => {
        const { host } = await startPaged();
        const complete = async (uri: string, ...scopes: string[]) => {
          const ref = { type: 'ref/resource', uri };
          const params = { ref, argument: { name: 'id', value: '' } };
          const token = await mint(host, ...scopes);
          const answer = await call(host, { era, method: 'completion/complete', params, token });
          return (messageOf(answer).result as Item | undefined)?.completion ?? answer.status;
        };
        expect(await complete('notes://box/{id}')).toBe(403);
        expect(await complete('notes://box/{id}', 'mcp:resources:notes:read')).toEqual({
          values: ['1', '2'],
          total: 2,
          hasMore: false,
        });
        const both = ['mcp:resources:notes:read', 'mcp:resources:notes:secret'];
        const everything = { values: ['1', 'secret', '2'], total: 3, hasMore: false };
        expect(await complete('notes://box/{id}', ...both)).toEqual(everything);
        expect(await complete('notes://open/{id}')).toEqual(everything);
      });
    });
  }

  it('filters each list of a batch (RS-79, RS-82)', async () => {
    const { host } = await startPaged({ lists: 'hide' });
    const body = kinds.map(([method], id) => ({ jsonrpc: '2.0', id, method }));
    const token = await mint(host);
    const { text } = await host.send({
      method: 'POST',
      headers: [
        ['Content-Type', 'application/json'],
        ['Accept', 'application/json, text/event-stream'],
        ['Authorization', `Bearer ${token}`],
      ],
      body: JSON.stringify(body),
    });
    expect(text).not.toMatch(/weather|payroll|hidden|brief|notes:\/\/box|other:/);
    expect(text).toMatch(/whoami/);
    expect(text).toMatch(/notes:\/\/open/);
  });

  it('opens the cursors of a batch, and refuses it whole for one that is foreign (RS-79, RS-82)', async () => {
    const { host, seen } = await startPaged();
    const token = await mint(host);
    const { nextCursor } = await page(host, 'legacy', token, 'tools/list');
    const send = async (...cursors: unknown[]) => {
      const body = cursors.map((cursor, id) => {
        return { jsonrpc: '2.0', id, method: 'tools/list', params: { cursor } };
      });
      const sent = toSent({ era: 'legacy', method: 'tools/list', token, headers: batched });
      return (await host.send({ ...sent, body: JSON.stringify(body) })).text;
    };
    expect(await send(nextCursor)).toContain('payroll');
    expect(seen).toEqual(['page at 2']);
    expect(await send(nextCursor, 'page at 2')).toContain('A call in this batch is not allowed');
    expect(seen).toEqual(['page at 2']);
  });

  it('filters a list that a session sends again on another stream (RS-83, RS-107)', async () => {
    const tools = [{ name: 'whoami' }, { name: 'payroll' }, { name: 'hidden' }];
    const again = { jsonrpc: '2.0', id: 5, result: { tools, nextCursor: 'page at 2' } };
    const endpoint: McpEndpoint = async (request, { parsedBody }) => {
      if (request.method === 'GET') {
        const headers = { 'content-type': 'text/event-stream' };
        return new Response(`id: 1\ndata: ${JSON.stringify(again)}\n\n`, { headers });
      }
      if (request.method === 'DELETE') return new Response('Bye.');
      const { id } = parsedBody as { id?: number };
      if (id === undefined) return new Response(null, { status: 202 });
      const result = { protocolVersion: '2025-11-25', capabilities: {} };
      return Response.json({ jsonrpc: '2.0', id, result }, { headers: { 'mcp-session-id': 's1' } });
    };
    const options: FixtureOptions = { policy: pagedPolicy, lists: 'hide' };
    const host = await start(options, endpoint, { sessions: true });
    const token = await mint(host);
    const session = await begin(host, token);
    const text = await (await listen(host, { token, session })).text();
    const [, data = ''] = /^data: (.*)$/m.exec(text) ?? [];
    const { result } = JSON.parse(data);
    expect((result.tools as Item[]).map(({ name }) => name)).toEqual(['whoami']);
    expect(result.nextCursor).toMatch(/^[A-Za-z0-9_-]{40,}$/);
    // No list can come of an end, so its answer may have any form.
    expect((await end(host, { token, session })).status).toBe(200);
  });

  it('filters a list that a session answers on the stream of another request of the same id (RS-83)', async () => {
    const server = collidingServer(sdk);
    const options: FixtureOptions = { policy: pagedPolicy, lists: 'hide' };
    const host = await start(options, server.endpoint, { sessions: true });
    const token = await mint(host);
    const session = await begin(host, token);
    const list = post(host, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, { token, session });
    await server.asked;
    const call = post(host, callOf('whoami', 1), { token, session });
    await server.called;
    server.release();
    const [, second] = await Promise.all([
      list.then(({ body }) => body?.cancel()),
      call.then((answer) => answer.text()),
    ]);
    expect(messagesOf(second)).toMatchObject([
      { id: 1, result: { tools: [{ name: 'whoami' }, { name: 'mine' }] } },
    ]);
    await server.endpoint.close();
  });

  if (eras.includes('modern')) {
    it('makes private what a server calls public, since a cache asks nobody for a token (RS-82)', async () => {
      const endpoint: McpEndpoint = async (_request, { parsedBody }) => {
        const { id } = parsedBody as { id: number };
        const result = { resultType: 'complete', cacheScope: 'public', ttlMs: 5 };
        return Response.json({ jsonrpc: '2.0', id, result });
      };
      const host = await start({ policy: pagedPolicy }, endpoint);
      const token = await mint(host);
      for (const method of ['server/discover', 'resources/read']) {
        const params = method === 'resources/read' ? { uri: 'notes://open/1' } : {};
        const answer = await call(host, { era: 'modern', method, params, token });
        const result = { resultType: 'complete', cacheScope: 'private', ttlMs: 5 };
        expect(messageOf(answer)).toEqual({ jsonrpc: '2.0', id: 7, result });
      }
    });

    it('leaves out of a subscription what its caller may not read (RS-85)', async () => {
      const opened = Date.now();
      const exp = Math.floor(opened / 1000) + 3600;
      const host = await start(
        { policy: pagedPolicy, clock: () => exp * 1000 - 300 + Date.now() - opened },
        pagedServer(sdk).endpoint,
      );
      const subscribe = async (notifications: object, ...scopes: string[]) => {
        const token = await issuer().mint({ claims: { aud: host.url, exp }, scopes });
        const params = { notifications };
        const answer = await call(host, {
          era: 'modern',
          method: 'subscriptions/listen',
          params,
          token,
        });
        const [, first = ''] = /^data: (.*acknowledged.*)$/m.exec(answer.text) ?? [];
        return first === '' ? answer.status : JSON.parse(first).params.notifications;
      };
      const uris = ['notes://box/secret', 'notes://open/1', 'other://1', 'notes://box/2'];
      uris.push(...uris);
      const [some, none, types] = await Promise.all([
        subscribe({ resourceSubscriptions: uris }, 'mcp:resources:notes:read'),
        subscribe({ resourceSubscriptions: ['notes://box/secret'] }),
        subscribe({ resourceSubscriptions: ['notes://box/secret'], toolsListChanged: true }),
      ]);
      expect(some).toEqual({ resourceSubscriptions: ['notes://open/1', 'notes://box/2'] });
      expect(none).toBe(403);
      expect(types).toEqual({ toolsListChanged: true });
      const decisions = host.sink.events.filter(({ kind }) => kind === 'decision');
      expect(decisions).toContainEqual(
        expect.objectContaining({
          ...{ outcome: 'allowed', name: 'notes://open/1 notes://box/2' },
          detail: 'Left out: notes://box/secret other://1',
        }),
      );
      expect(decisions).toContainEqual(
        expect.objectContaining({ outcome: 'allowed', detail: 'Left out: notes://box/secret' }),
      );
    });

    it('judges no more than a thousand resources at a time (ATK-91)', async () => {
      let asked = 0;
      const rule = () => {
        asked += 1;
        return false;
      };
      const policy = { resources: { 'notes://{id}': { needs: [], rule } } };
      const host = await start({ policy }, pagedServer(sdk).endpoint);
      const token = await mint(host);
      const subscribe = (count: number) => {
        const uris = Array.from({ length: count }, (_, index) => `notes://${index}`);
        const params = { notifications: { resourceSubscriptions: uris } };
        return call(host, { era: 'modern', method: 'subscriptions/listen', params, token });
      };
      const error = { code: -32602, message: 'Invalid subscriptions/listen request' };
      expect(messageOf(await subscribe(1001))).toEqual({ jsonrpc: '2.0', id: 7, error });
      expect(asked).toBe(0);
      expect((await subscribe(1000)).status).toBe(403);
      expect(asked).toBeGreaterThanOrEqual(1000);
    });
  }

  if (!network) return;
  const modes = ['legacy', ...(sdk === 'v2' ? [{ pin: '2026-07-28' }] : [])] as const;
  for (const mode of modes) {
    it(`lets the v2 client page (${JSON.stringify(mode)})`, async () => {
      const { host } = await startPaged();
      const client = new Client(
        { name: 'tests', version: '1.0.0' },
        { versionNegotiation: { mode: mode as 'legacy' } },
      );
      const requestInit = { headers: { Authorization: `Bearer ${await mint(host)}` } };
      await client.connect(new StreamableHTTPClientTransport(new URL(host.url), { requestInit }));
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const listed = await client.listTools(cursor === undefined ? {} : { cursor });
        names.push(...listed.tools.map(({ name }) => name));
        cursor = listed.nextCursor;
      } while (cursor !== undefined);
      await client.close();
      expect([...new Set(names)]).toEqual([
        ...['whoami', 'weather', 'payroll', 'run_workflow', 'mine'],
      ]);
    });
  }

  it('lets the v1 client page', async () => {
    const { host } = await startPaged();
    const client = new ClientV1({ name: 'tests', version: '1.0.0' });
    const requestInit = { headers: { Authorization: `Bearer ${await mint(host)}` } };
    await client.connect(new TransportV1(new URL(host.url), { requestInit }));
    const first = await client.listResources();
    const second = await client.listResources({ cursor: first.nextCursor ?? '' });
    await client.close();
    expect([...first.resources, ...second.resources].map(({ uri }) => uri)).toEqual([
      ...['notes://open/1', 'notes://box/1', 'notes://box/secret'],
    ]);
  });
});
