import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { inputRequired, McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { defineScopes, type Principal } from '@portcullis/core';
import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import { createMcpAuth, entriesOf, type McpAuth, type McpAuthOptions } from '../index.js';
import { registerTools as registerV1, toolsFor as toolsForV1 } from '../v1/register-tools.js';
import { registerTools as registerV2, toolsFor as toolsForV2 } from '../v2/register-tools.js';

const scopes = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:exec:workflows:daily': { description: 'Run the daily workflow.' },
  'mcp:exec:workflows:close': { description: 'Close the month.' },
  'mcp:exec:workflows:*': { description: 'Run every workflow.' },
});
type Scope = (typeof scopes.names)[number];
declare const auth: McpAuth<Scope>;
declare const common: Omit<McpAuthOptions<Scope>, 'policy'>;

const v1 = toolsForV1(scopes);
const v2 = toolsForV2(scopes);
const content = [{ type: 'text' as const, text: 'done' }];
const place = z.object({ place: z.string(), days: z.coerce.number().default(1) });
const done = () => ({ content });

it('gives a handler its input as the schema makes it, and who calls', () => {
  v2('weather', {
    inputSchema: place,
    needs: ['mcp:tools:weather'],
    handler: (input, context) => {
      expectTypeOf(input).toEqualTypeOf<{ place: string; days: number }>();
      expectTypeOf(context.principal).toEqualTypeOf<Principal>();
      expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf(context.mcp).toEqualTypeOf<ServerContext>();
      context.demand('mcp:tools:weather');
      // @ts-expect-error a misspelt scope
      context.demand('mcp:tools:wether');
      // @ts-expect-error there is no token
      context.token;
      return { content };
    },
  });
  v1('weather', {
    inputSchema: z3.object({ place: z3.string(), days: z3.coerce.number().default(1) }),
    needs: ['mcp:tools:weather'],
    handler: (input, { mcp }) => {
      expectTypeOf(input).toEqualTypeOf<{ place: string; days: number }>();
      expectTypeOf(mcp).toEqualTypeOf<RequestHandlerExtra<ServerRequest, ServerNotification>>();
      return { content };
    },
  });
  v1('weather', { inputSchema: place, needs: [], handler: ({ days }) => ({ content, days }) });
  v2('none', {
    needs: [],
    handler: (input) => {
      expectTypeOf(input).toEqualTypeOf<Readonly<Record<string, never>>>();
      return { content };
    },
  });
});

it('takes no raw shape', () => {
  // @ts-expect-error to be wrapped with z.object
  v1('weather', { inputSchema: { place: z.string() }, needs: [], handler: done });
  // @ts-expect-error to be wrapped with z.object
  v2('weather', { inputSchema: { place: z.string() }, needs: [], handler: done });
});

it('knows the scopes of the vocabulary', () => {
  // @ts-expect-error a misspelt scope
  v2('weather', { needs: ['mcp:tools:wether'], handler: done });
  // @ts-expect-error a wildcard is granted, never required
  v2('weather', { needs: ['mcp:exec:workflows:*'], handler: done });
  // @ts-expect-error a misspelt scope
  v1('weather', { needs: ['mcp:tools:wether'], handler: done });
  // @ts-expect-error a wildcard is granted, never required
  v1('weather', { needs: ['mcp:exec:workflows:*'], handler: done });
  // @ts-expect-error a tool has to say what it needs
  v2('weather', { handler: done });
});

it('reads needs and rules off the same schema', () => {
  const inputSchema = z.object({ name: z.enum(['daily', 'close']) });
  const run = v2('run_workflow', {
    inputSchema,
    needs: {
      possible: ['mcp:exec:workflows:daily', 'mcp:exec:workflows:close'],
      of: ({ name }) => [`mcp:exec:workflows:${name}`],
    },
    rule: ({ subject }, { name }) => subject === 'owner' || name === 'daily',
    handler: ({ name }) => ({ content: [{ type: 'text', text: name }] }),
  });
  expectTypeOf(run.name).toEqualTypeOf<'run_workflow'>();
  v2('run_workflow', {
    inputSchema,
    needs: {
      possible: ['mcp:exec:workflows:daily'],
      // @ts-expect-error a scope that is not declared
      of: ({ name }) => [`mcp:exec:workflow:${name}`],
    },
    handler: done,
  });
  v2('run_workflow', {
    inputSchema,
    needs: [],
    // @ts-expect-error the schema has no such member
    rule: (_principal, { month }) => month === 1,
    handler: done,
  });
});

it('holds a result to its schema', () => {
  const outputSchema = z.object({ degrees: z.number() });
  const tool = { inputSchema: place, outputSchema, needs: ['mcp:tools:weather'] } as const;
  v2('weather', { ...tool, handler: () => ({ content, structuredContent: { degrees: 7 } }) });
  v1('weather', { ...tool, handler: () => ({ content, structuredContent: { degrees: 7 } }) });
  v2('weather', { ...tool, handler: async () => ({ content, isError: true }) });
  v2('weather', { ...tool, handler: () => inputRequired({ inputRequests: {} }) });
  // @ts-expect-error a member of another type
  v2('weather', { ...tool, handler: () => ({ content, structuredContent: { degrees: '7' } }) });
  // @ts-expect-error a member of another type
  v1('weather', { ...tool, handler: () => ({ content, structuredContent: { degrees: '7' } }) });
  // @ts-expect-error nothing of what the schema describes
  v2('weather', { ...tool, handler: () => ({ content }) });
});

it('registers tools of its own generation and vocabulary', () => {
  const weather = v2('weather', { needs: ['mcp:tools:weather'], handler: done });
  const old = v1('weather', { needs: ['mcp:tools:weather'], handler: done });
  const entries = entriesOf([weather]);
  expectTypeOf(entries).toHaveProperty('weather');
  createMcpAuth({ ...common, policy: { tools: entries } });
  registerV2(new McpServer({ name: 'tests', version: '1.0.0' }), auth, [weather]);
  registerV1(new McpServerV1({ name: 'tests', version: '1.0.0' }), auth, [old]);
  // @ts-expect-error a tool of v1
  registerV2(new McpServer({ name: 'tests', version: '1.0.0' }), auth, [old]);
  // @ts-expect-error a tool of v2
  registerV1(new McpServerV1({ name: 'tests', version: '1.0.0' }), auth, [weather]);
  const other = toolsForV2(defineScopes({ 'a:b': { description: 'B.' } }));
  const foreign = entriesOf([other('x', { needs: ['a:b'], handler: done })]);
  // @ts-expect-error tools of another vocabulary
  createMcpAuth({ ...common, policy: { tools: foreign } });
});
