import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import type { Principal } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { sessionServer } from '../contract/sessions-server.js';
import { earOf } from '../contract/sessions-talk.js';
import type { McpEndpoint } from '../endpoint.js';
import { toAuthInfo } from '../handler/auth-info.js';
import { statelessEndpoint } from '../v1/index.js';
import { statefulEndpoint } from '../v2/index.js';

const url = 'https://mcp.example.com/mcp';
const ada: Principal = {
  ...{ kind: 'principal', actor: 'user', issuer: 'https://issuer.example', subject: 'ada' },
  ...{ clientId: 'cli', tokenId: 't', scopes: [], expiresAt: 2_000_000_000, claims: {} },
};
const authInfo = toAuthInfo({ kind: 'caller', principal: ada }, url);

interface Sent {
  readonly session?: string;
  readonly method?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(endpoint: McpEndpoint, parsedBody: unknown, sent: Sent = {}): Promise<Response> {
  const { session, method = 'POST', signal } = sent;
  const headers = new Headers({
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': '2025-11-25',
    ...sent.headers,
  });
  if (session !== undefined) headers.set('mcp-session-id', session);
  const request = new Request(url, { method, headers, ...(signal ? { signal } : {}) });
  return endpoint(request, { authInfo, parsedBody });
}

const clientInfo = { name: 'tests', version: '1.0.0' };
const initialize = {
  ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
};
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

async function begin(endpoint: McpEndpoint): Promise<string> {
  const response = await send(endpoint, initialize);
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

describe.each(['v1', 'v2'] as const)('an endpoint of %s with sessions', (sdk) => {
  it('forgets a session that its client has ended, so that it takes no room from others', async () => {
    const { endpoint } = sessionServer(sdk, { maxSessionsPerOwner: 2 });
    const first = await begin(endpoint);
    const second = await begin(endpoint);
    const ended = await send(endpoint, undefined, { session: second, method: 'DELETE' });
    expect(ended.status).toBe(200);
    await begin(endpoint);
    expect((await send(endpoint, list, { session: first })).status).toBe(200);
    await endpoint.close();
  });

  it('tells clients of 2025-11-25 how soon to come back for a stream that broke', async () => {
    const { endpoint } = sessionServer(sdk);
    const session = await begin(endpoint);
    const answer = await (await send(endpoint, list, { session })).text();
    expect(answer).toMatch(/^id: 3\.[0-9a-f-]{36}\nretry: 1000\ndata: \n\n/);
    await endpoint.close();
  });
});

describe('an endpoint of v2 with sessions', () => {
  const build = () => new McpServer({ name: 'fixture', version: '1.0.0' });

  it('keeps streams alive, and tells of mistakes, as createMcpHandler is told to', async () => {
    const errors: string[] = [];
    const onerror = (error: Error) => void errors.push(error.message);
    const endpoint = statefulEndpoint(build, { keepAliveMs: 5, onerror });
    const session = await begin(endpoint);
    const stream = earOf(await send(endpoint, undefined, { session, method: 'GET' }));
    await stream.until(': keepalive\n\n: keepalive\n\n');
    const headers = { accept: 'text/html' };
    expect((await send(endpoint, list, { session, headers })).status).toBe(406);
    expect(errors).toEqual([
      'Not Acceptable: Client must accept both application/json and text/event-stream',
    ]);
    await endpoint.close();
    await stream.rest();
  });

  it('ends subscriptions of 2026-07-28 too when it is closed', async () => {
    const endpoint = statefulEndpoint(() => {
      const server = build();
      server.registerTool('one', { description: 'o' }, () => ({ content: [] }));
      return server;
    });
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': clientInfo,
    };
    const params = { notifications: { toolsListChanged: true }, _meta };
    const subscribe = { jsonrpc: '2.0', id: 7, method: 'subscriptions/listen', params };
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    };
    const stream = earOf(await send(endpoint, subscribe, { headers }));
    await stream.until('notifications/subscriptions/acknowledged');
    endpoint.notify.toolsChanged();
    expect(await stream.until('list_changed')).not.toContain('"id":7');
    await endpoint.close();
    expect(await stream.rest()).toContain('"id":7');
  });
});

describe('an endpoint of v1 without sessions', () => {
  function closing() {
    const seen = { closed: 0 };
    const endpoint = statelessEndpoint(() => {
      const server = new McpServerV1({ name: 'fixture', version: '1.0.0' });
      server.registerTool('never', { description: 'n' }, () => new Promise(() => {}));
      server.server.onclose = () => {
        seen.closed += 1;
      };
      return server;
    });
    return { seen, endpoint };
  }

  it('closes the server when its answer is through', async () => {
    const { seen, endpoint } = closing();
    expect(await (await send(endpoint, list)).text()).toContain('"never"');
    expect(seen.closed).toBe(1);
    expect(
      (await send(endpoint, { jsonrpc: '2.0', method: 'notifications/initialized' })).status,
    ).toBe(202);
    expect(seen.closed).toBe(2);
  });

  it('closes the server when its client hangs up', async () => {
    const { seen, endpoint } = closing();
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'never' } };
    const hangUp = new AbortController();
    await send(endpoint, call, { signal: hangUp.signal });
    expect(seen.closed).toBe(0);
    hangUp.abort();
    expect(seen.closed).toBe(1);
  });
});
