import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterEach, expect, it } from 'vitest';
import type { Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';
import { type SessionServer, sessionPolicy, sessionServer } from './sessions-server.js';

const info = { name: 'tests', version: '1.0.0' };
const capabilities = { elicitation: {}, sampling: {} };
const accepted = { action: 'accept' as const, content: { place: 'Paris' } };
const said = {
  ...{ role: 'assistant' as const, model: 'm' },
  content: { type: 'text' as const, text: 'Hello.' },
};
const reconnectionOptions = {
  ...{ initialReconnectionDelay: 5, maxReconnectionDelay: 5 },
  ...{ reconnectionDelayGrowFactor: 1, maxRetries: 5 },
};

/** What both clients can do, in the same words. */
interface Talker {
  /** @param onPrimed - Told as soon as the client could come back for the answer. */
  call(name: string, onPrimed?: () => void): Promise<unknown>;
  readonly sessionId: () => string | undefined;
  terminate(): Promise<void>;
  close(): Promise<void>;
}

type Connect = (line: Line, host: Host, told: () => void) => Promise<Talker>;

const clients: readonly (readonly [string, Connect])[] = [
  [
    'the v1 client',
    async ({ fetch }, { url }, told) => {
      const client = new ClientV1(info, { capabilities });
      client.setRequestHandler(ElicitRequestSchema, async () => accepted);
      client.setRequestHandler(CreateMessageRequestSchema, async () => said);
      client.setNotificationHandler(ToolListChangedNotificationSchema, told);
      const transport = new TransportV1(new URL(url), { fetch, reconnectionOptions });
      await client.connect(transport);
      return {
        call: (name, onresumptiontoken) =>
          client.callTool({ name, arguments: {} }, undefined, { onresumptiontoken }),
        sessionId: () => transport.sessionId,
        terminate: () => transport.terminateSession(),
        close: () => client.close(),
      };
    },
  ],
  [
    'the v2 client',
    async ({ fetch }, { url }, told) => {
      const client = new Client(info, { capabilities, versionNegotiation: { mode: 'legacy' } });
      client.setRequestHandler('elicitation/create', async () => accepted);
      client.setRequestHandler('sampling/createMessage', async () => said);
      client.setNotificationHandler('notifications/tools/list_changed', told);
      const transport = new StreamableHTTPClientTransport(new URL(url), {
        ...{ fetch, reconnectionOptions },
      });
      await client.connect(transport);
      return {
        call: (name, onresumptiontoken) =>
          client.callTool({ name, arguments: {} }, { onresumptiontoken }),
        sessionId: () => transport.sessionId,
        terminate: () => transport.terminateSession(),
        close: () => client.close(),
      };
    },
  ],
];

/** A line to a host that sends the token of the moment, can be cut, and lets nobody be told to wait before coming back. */
interface Line {
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  token: string;
  /** Called after each GET that was answered, with its `Last-Event-ID`. */
  onStream: (resumedAfter: string | null) => void;
  /** What a GET waits for before it goes out. */
  hold: Promise<void>;
  /** Breaks all open streams. */
  cut(): void;
}

function lineTo(host: Host, token: string): Line {
  const streams = new Set<() => void>();
  const line: Line = {
    token,
    hold: Promise.resolve(),
    onStream: () => {},
    cut: () => {
      for (const cut of streams) cut();
      streams.clear();
    },
    async fetch(url, init) {
      const headers = new Headers(init?.headers);
      if (init?.method === 'GET') await line.hold;
      headers.set('Authorization', `Bearer ${line.token}`);
      const response = await host.fetch(url, { ...init, headers });
      if (init?.method === 'GET') line.onStream(headers.get('last-event-id'));
      const { body, status } = response;
      if (!body || !response.headers.get('content-type')?.includes('event-stream')) return response;
      const source = body.getReader();
      const cuttable = new ReadableStream<Uint8Array>({
        start(controller) {
          streams.add(() => {
            controller.error(new Error('The line was cut.'));
            source.cancel().catch(() => {});
          });
        },
        async pull(controller) {
          const { done, value } = await source.read();
          if (done) return controller.close();
          const text = new TextDecoder().decode(value).replace(/^retry: .*\n/m, '');
          controller.enqueue(new TextEncoder().encode(text));
        },
        cancel: (reason) => source.cancel(reason),
      });
      return new Response(cuttable, { status, headers: response.headers });
    },
  };
  return line;
}

/** Resolves at the next call of what it gives. */
function signal(): { readonly happened: Promise<void>; readonly happen: () => void } {
  let happen: () => void = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen };
}

onEveryHost(({ sdk, start, mint }) => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function connected(connect: Connect, told: () => void) {
    const server: SessionServer = sessionServer(sdk);
    const host = await start({ policy: sessionPolicy }, server.endpoint, { sessions: true });
    const line = lineTo(host, await mint(host, 'mcp:tools:weather'));
    const streaming = signal();
    line.onStream = streaming.happen;
    const talker = await connect(line, host, told);
    open.push(() => talker.close(), server.endpoint.close);
    await streaming.happened;
    return { host, line, server, talker };
  }

  for (const [name, connect] of clients) {
    it(`keeps a session for ${name}: answers, questions, notifications, a fresh token, its end`, async () => {
      const told = signal();
      const { host, line, server, talker } = await connected(connect, told.happen);
      const session = talker.sessionId();
      expect(session).toMatch(/^[A-Za-z0-9_-]{90,}$/);
      expect(await talker.call('weather')).toMatchObject({ content: [{ text: 'weather' }] });
      const answered = { content: [{ text: JSON.stringify(accepted) }] };
      expect(await talker.call('ask')).toMatchObject(answered);
      expect(JSON.stringify(await talker.call('sample'))).toContain('Hello.');
      await talker.call('tell');
      await told.happened;

      await expect(talker.call('payroll')).rejects.toThrow(/403|scope|forbidden/i);
      line.token = await mint(host, 'mcp:tools:payroll');
      expect(await talker.call('payroll')).toMatchObject({ content: [{ text: 'payroll' }] });
      await expect(talker.call('weather')).rejects.toThrow(/403|scope|forbidden/i);
      expect([talker.sessionId(), server.built()]).toEqual([session, 1]);

      await talker.terminate();
      expect(talker.sessionId()).toBeUndefined();
      expect(server.ran).toEqual(['weather', 'tell', 'payroll']);
    });

    it(`lets ${name} go on where its streams broke (RS-107)`, async () => {
      let count = 0;
      let told = signal();
      const { line, server, talker } = await connected(connect, () => {
        count += 1;
        told.happen();
      });
      await talker.call('tell');
      await told.happened;

      // While the line is cut, the server says something to the session and finishes a call.
      const primed = signal();
      const answer = talker.call('slow', primed.happen);
      await primed.happened;
      const back = signal();
      const resumed: (string | null)[] = [];
      line.onStream = (after) => {
        resumed.push(after);
        if (resumed.length === 2) back.happen();
      };
      const held = signal();
      line.hold = held.happened;
      line.cut();
      told = signal();
      await talker.call('tell');
      server.release();
      held.happen();
      expect(await answer).toMatchObject({ content: [{ text: 'slow' }] });
      await told.happened;
      await back.happened;
      expect(count).toBe(2);
      for (const after of resumed) expect(after).toMatch(/^[A-Za-z0-9_-]{60,}$/);
    });
  }
});
