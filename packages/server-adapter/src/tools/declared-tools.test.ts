import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { ConfigurationError, defineScopes, type Principal } from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import { envelope, messageOf } from '../contract/calls.js';
import { createMcpAuth, entriesOf, type ProtectedHandler } from '../index.js';
import * as v1 from '../v1/register-tools.js';
import * as v2 from '../v2/register-tools.js';

const scopes = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:storms': { description: 'Look up storms.' },
  'mcp:exec:workflows:daily': { description: 'Run the daily workflow.' },
  'mcp:exec:workflows:close': { description: 'Close the month.' },
});
const resource = 'https://mcp.example.com/mcp';

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer();
});
afterAll(() => issuer.close());

/** What the handlers of either generation answer. */
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const workflows = {
  possible: ['mcp:exec:workflows:daily', 'mcp:exec:workflows:close'],
  of: ({ name }: { name: 'daily' | 'close' }) => [`mcp:exec:workflows:${name}`] as const,
} as const;

function serverV2(): ProtectedHandler {
  const tool = v2.toolsFor(scopes);
  const tools = [
    tool('weather', {
      title: 'Weather',
      description: 'Tells the weather.',
      inputSchema: z.object({ place: z.string(), days: z.number().default(1) }),
      outputSchema: z.object({ degrees: z.number() }),
      annotations: { readOnlyHint: true },
      needs: ['mcp:tools:weather'],
      handler: ({ place, days }, { principal, demand, signal, mcp }) => {
        if (place === 'storm') demand('mcp:tools:storms');
        const about = [principal.subject, place, days, signal === mcp.mcpReq.signal].join(' ');
        return { ...text(about), structuredContent: { degrees: 7 } };
      },
    }),
    tool('run_workflow', {
      inputSchema: z.object({ name: z.enum(['daily', 'close']) }),
      needs: workflows,
      rule: ({ subject }, { name }) => name === 'daily' || subject === 'owner',
      handler: ({ name }) => text(name),
    }),
    tool('whoami', {
      needs: [],
      handler: (input, { principal }) => text(`${principal.subject} ${JSON.stringify(input)}`),
    }),
    tool('mine', {
      inputSchema: z.object({ of: z.string().transform((name) => name.toLowerCase()) }),
      needs: ['mcp:tools:weather'],
      rule: ({ subject }, input) => input.of === subject,
      handler: (input) => text(input.of),
    }),
  ];
  const provider = issuer.provider();
  const auth = createMcpAuth({ resource, provider, scopes, policy: { tools: entriesOf(tools) } });
  const endpoint = createMcpHandler(() => {
    const server = new McpServer({ name: 'declared', version: '1.0.0' });
    v2.registerTools(server, auth, tools);
    return server;
  });
  return auth.protect(endpoint.fetch);
}

/** The same with the other SDK and the other zod. */
function serverV1(): ProtectedHandler {
  const tool = v1.toolsFor(scopes);
  const tools = [
    tool('weather', {
      title: 'Weather',
      description: 'Tells the weather.',
      inputSchema: z3.object({ place: z3.string(), days: z3.number().default(1) }),
      outputSchema: z3.object({ degrees: z3.number() }),
      annotations: { readOnlyHint: true },
      needs: ['mcp:tools:weather'],
      handler: ({ place, days }, { principal, demand, signal, mcp }) => {
        if (place === 'storm') demand('mcp:tools:storms');
        const about = [principal.subject, place, days, signal === mcp.signal].join(' ');
        return { ...text(about), structuredContent: { degrees: 7 } };
      },
    }),
    tool('run_workflow', {
      inputSchema: z3.object({ name: z3.enum(['daily', 'close']) }),
      needs: workflows,
      rule: ({ subject }, { name }) => name === 'daily' || subject === 'owner',
      handler: ({ name }) => text(name),
    }),
    tool('whoami', {
      needs: [],
      handler: (input, { principal }) => text(`${principal.subject} ${JSON.stringify(input)}`),
    }),
    tool('mine', {
      inputSchema: z.object({ of: z.string().transform((name) => name.toLowerCase()) }),
      needs: ['mcp:tools:weather'],
      rule: ({ subject }, input) => input.of === subject,
      handler: (input) => text(input.of),
    }),
  ];
  const provider = issuer.provider();
  const auth = createMcpAuth({ resource, provider, scopes, policy: { tools: entriesOf(tools) } });
  return auth.protect(
    async (request, options) => {
      const server = new McpServerV1({ name: 'declared', version: '1.0.0' });
      v1.registerTools(server, auth, tools);
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
      await server.connect(transport);
      return transport.handleRequest(request, options);
    },
    { sdk: 'v1' },
  );
}

/** One request of the era that a generation speaks best. */
async function send(
  handler: ProtectedHandler,
  era: 'modern' | 'legacy',
  method: string,
  { params = {}, granted = [] }: { params?: Record<string, unknown>; granted?: readonly string[] },
): Promise<Response> {
  const modern = era === 'modern';
  const token = await issuer.mint({ claims: { aud: resource }, scopes: granted });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${token}`,
    'mcp-protocol-version': modern ? '2026-07-28' : '2025-11-25',
    ...(modern ? { 'mcp-method': method } : {}),
    ...(modern && params.name ? { 'mcp-name': String(params.name) } : {}),
  };
  const own = modern ? { ...params, _meta: envelope } : params;
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: own });
  return handler(new Request(resource, { method: 'POST', headers, body }));
}

describe.each([
  ['v2', 'modern', serverV2],
  ['v1', 'legacy', serverV1],
] as const)('tools declared for %s', (_sdk, era, make) => {
  const call = async (name: string, args: object, ...granted: string[]) => {
    const params = { name, arguments: args };
    const response = await send(make(), era, 'tools/call', { params, granted });
    const { status, headers } = response;
    const challenge = headers.get('www-authenticate') ?? '';
    const { result, error } =
      status === 200 ? messageOf({ status, headers, text: await response.text() }) : {};
    return { status, challenge, result, error };
  };

  it('are listed as declared', async () => {
    const response = await send(make(), era, 'tools/list', { granted: [...scopes.names] });
    const { tools } = (await response.json()).result;
    expect(tools.map(({ name }: { name: string }) => name)).toEqual([
      'weather',
      'run_workflow',
      'whoami',
      'mine',
    ]);
    expect(tools[0]).toMatchObject({
      title: 'Weather',
      description: 'Tells the weather.',
      annotations: { readOnlyHint: true },
      inputSchema: { type: 'object', properties: { place: { type: 'string' } } },
      outputSchema: { type: 'object', properties: { degrees: { type: 'number' } } },
    });
  });

  it('run with their input as validated, their caller and the signal of the call', async () => {
    const { result } = await call('weather', { place: 'Oslo' }, 'mcp:tools:weather');
    expect(result).toMatchObject({
      content: [{ type: 'text', text: 'user-1 Oslo 1 true' }],
      structuredContent: { degrees: 7 },
    });
    // Without a schema nothing vouches for arguments, so there are none.
    expect((await call('whoami', { admin: true })).result).toMatchObject({
      content: [{ text: 'user-1 {}' }],
    });
  });

  it('are refused without what they need', async () => {
    const answer = await call('weather', { place: 'Oslo' });
    expect(answer.status).toBe(403);
    expect(answer.challenge).toContain('scope="mcp:tools:weather"');
  });

  it('need what their input says', async () => {
    const granted = 'mcp:exec:workflows:daily';
    expect((await call('run_workflow', { name: 'daily' }, granted)).result).toMatchObject({
      content: [{ text: 'daily' }],
    });
    const other = await call('run_workflow', { name: 'close' }, granted);
    expect([other.status, other.challenge]).toEqual([
      403,
      expect.stringContaining('mcp:exec:workflows:close'),
    ]);
    const wrong = await call('run_workflow', { name: 'all' }, granted);
    expect(wrong.error).toMatchObject({ code: -32602 });
  });

  it('ask their rule about the validated input', async () => {
    const close = await call('run_workflow', { name: 'close' }, 'mcp:exec:workflows:close');
    expect([close.status, close.challenge]).toEqual([403, '']);
    const mine = await call('mine', { of: 'USER-1' }, 'mcp:tools:weather');
    expect(mine.result).toMatchObject({ content: [{ text: 'user-1' }] });
    expect((await call('mine', { of: 'USER-2' }, 'mcp:tools:weather')).status).toBe(403);
  });

  it('can demand more while they run, and the result names it', async () => {
    const { result } = await call('weather', { place: 'storm' }, 'mcp:tools:weather');
    expect(result).toMatchObject({
      isError: true,
      content: [
        {
          text: 'This needs the scope mcp:tools:storms, which the access token does not hold. Sign in again and allow it.',
        },
      ],
    });
  });
});

describe('a declared tool', () => {
  const tool = v2.toolsFor(scopes);
  const handler = () => text('ran');
  const open = tool('payroll', { needs: [], handler });
  const closed = tool('payroll', { needs: ['mcp:tools:weather'], handler });

  it('is not registered where the policy has another entry of its name, or none', () => {
    const make = (tools: Parameters<typeof createMcpAuth>[0]['policy']['tools']) =>
      createMcpAuth({ resource, provider: issuer.provider(), scopes, policy: { tools } as never });
    const server = () => new McpServer({ name: 'declared', version: '1.0.0' });
    for (const auth of [make({}), make({ payroll: [] }), make(entriesOf([open]))]) {
      expect(() => v2.registerTools(server(), auth as never, [closed])).toThrow(
        '"policy.tools["payroll"]" is not what the tool of this name declares. Put the tool into the list that entriesOf(…) gets.',
      );
    }
    const old = v1.toolsFor(scopes)('payroll', { needs: [], handler });
    expect(() => {
      const serverOfV1 = new McpServerV1({ name: 'declared', version: '1.0.0' });
      v1.registerTools(serverOfV1, make({ payroll: [] }) as never, [old]);
    }).toThrow(ConfigurationError);
    const inherited = tool('toString', { needs: [], handler });
    expect(() => v2.registerTools(server(), make({}) as never, [inherited])).toThrow(
      ConfigurationError,
    );
  });

  it('has its name for itself', () => {
    expect(() => entriesOf([open, closed])).toThrow(
      '"policy.tools["payroll"]" is declared by two tools. Rename one of the two.',
    );
  });

  it('has a schema if its needs depend on its input', () => {
    expect(() =>
      tool('run', { needs: { possible: ['mcp:tools:weather'], of: () => [] }, handler }),
    ).toThrow(
      '"tool("run").needs" depend on an input that no schema describes. Give the tool an "inputSchema", or list its scopes.',
    );
  });

  it('has a schema that validates, or none: a rule gets no other input', () => {
    for (const inputSchema of [{ place: z.string() }, null, 'schema']) {
      const shape = { inputSchema, needs: [], rule: () => true, handler };
      expect(() => tool('raw', shape as never)).toThrow(
        '"tool("raw").inputSchema" is no Standard Schema. Wrap a raw shape with z.object(…); zod 3 is one since 3.24.',
      );
    }
  });

  it('says to the policy what it needs, and no more', () => {
    const rule = () => true;
    expect(open.entry).toEqual({ needs: [] });
    const signIn = { maxAge: 300, acr: ['mfa'], perMinute: 5, enforce: 'report' } as const;
    const listed = { title: 'Ruled', description: 'R.', annotations: {}, _meta: { a: 1 } };
    const ruled = tool('ruled', { ...listed, ...signIn, needs: [], rule, handler });
    expect(ruled.entry).toEqual({ needs: [], rule: expect.any(Function), ...signIn });
    expect(ruled.config).toEqual(listed);
  });

  it('has a rule that can be asked', () => {
    const ruled = tool('ruled', { needs: [], rule: 'owner' as never, handler });
    const policy = { tools: entriesOf([ruled]) };
    expect(() => createMcpAuth({ resource, provider: issuer.provider(), scopes, policy })).toThrow(
      '"policy.tools["ruled"]" has a "rule" that is no function.',
    );
  });

  it('shows its rule no argument that it does not declare', async () => {
    const seen: unknown[] = [];
    const rule = (_principal: Principal, input: object) => seen.push(input) > 0;
    const params = { name: 'ruled', arguments: { admin: true } };
    for (const inputSchema of [undefined, z.object({})]) {
      const ruled = tool('ruled', { inputSchema, needs: [], rule, handler });
      const policy = { tools: entriesOf([ruled]) };
      const auth = createMcpAuth({ resource, provider: issuer.provider(), scopes, policy });
      const handle = auth.protect(async () => Response.json({ jsonrpc: '2.0', id: 1, result: {} }));
      expect((await send(handle, 'modern', 'tools/call', { params })).status).toBe(200);
    }
    expect(seen).toEqual([{}, {}]);
  });
});
