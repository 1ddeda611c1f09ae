import type { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import type { McpHttpHandler, ServerContext } from '@modelcontextprotocol/server';
import type { AuthProvider } from '@portcullis/core';
import { defineScopes } from '@portcullis/core';
import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  createMcpAuth,
  defineEntry,
  type McpAuth,
  type McpEndpoint,
  needsByInput,
} from './index.js';

declare const provider: AuthProvider;
const scopes = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:exec:workflows:daily': { description: 'Run the daily workflow.' },
  'mcp:exec:workflows:close': { description: 'Close the month.' },
  'mcp:exec:workflows:*': { description: 'Run every workflow.' },
});
const resource = 'https://mcp.example.com/mcp';
const run = z.object({ name: z.enum(['daily', 'close']) });

it('knows the scopes of the vocabulary', () => {
  const auth = createMcpAuth({
    resource,
    provider,
    scopes,
    policy: {
      tools: {
        weather: ['mcp:tools:weather'],
        run: needsByInput({
          input: run,
          possible: ['mcp:exec:workflows:daily', 'mcp:exec:workflows:close'],
          of: ({ name }) => {
            expectTypeOf(name).toEqualTypeOf<'daily' | 'close'>();
            return [`mcp:exec:workflows:${name}`];
          },
        }),
        ruled: { needs: ['mcp:tools:weather'], rule: ({ subject }) => subject === 'owner' },
      },
    },
  });
  auth.context({}).demand('mcp:tools:weather');
  // @ts-expect-error a misspelt scope
  auth.context({}).demand('mcp:tools:wether');
  // @ts-expect-error a wildcard is granted, never required
  auth.context({}).demand('mcp:exec:workflows:*');
});

it('lets no misspelt scope into a policy', () => {
  const common = { resource, provider, scopes };
  // @ts-expect-error a misspelt scope
  createMcpAuth({ ...common, policy: { tools: { weather: ['mcp:tools:wether'] } } });
  // @ts-expect-error a wildcard is granted, never required
  createMcpAuth({ ...common, policy: { tools: { all: ['mcp:exec:workflows:*'] } } });
  // @ts-expect-error another kind of scope
  createMcpAuth({ ...common, policy: { resources: { 'n://{id}': ['mcp:resources:n'] } } });
  // @ts-expect-error a section that does not exist
  createMcpAuth({ ...common, policy: { tool: {} } });
  const misspelt = needsByInput({
    input: run,
    possible: ['mcp:exec:workflow:daily'],
    of: () => [],
  });
  // @ts-expect-error a misspelt scope among the possible ones
  createMcpAuth({ ...common, policy: { tools: { run: misspelt } } });
  // @ts-expect-error a wildcard is granted, never required
  needsByInput({ input: run, possible: ['mcp:exec:workflows:*'], of: () => [] });
  // @ts-expect-error a scope that is not among the possible ones
  needsByInput({ input: run, possible: ['a:b'], of: () => ['a:c'] });
});

it('fits both SDK generations without naming either', () => {
  expectTypeOf<McpHttpHandler['fetch']>().toExtend<McpEndpoint>();
  type HandleV1 = WebStandardStreamableHTTPServerTransport['handleRequest'];
  expectTypeOf<HandleV1>().toExtend<McpEndpoint>();
  type Given = Parameters<McpAuth['context']>[0];
  expectTypeOf<ServerContext>().toExtend<Given>();
  expectTypeOf<RequestHandlerExtra<ServerRequest, ServerNotification>>().toExtend<Given>();
});

it('gives a rule the type that the schema of its needs makes of an input', () => {
  const byInput = defineEntry({
    needs: needsByInput({
      input: run,
      possible: ['mcp:exec:workflows:daily'],
      of: () => ['mcp:exec:workflows:daily'],
    }),
    rule: async ({ subject }, { name }) => {
      expectTypeOf(name).toEqualTypeOf<'daily' | 'close'>();
      return subject === name;
    },
    maxAge: 300,
  });
  const plain = defineEntry({
    needs: ['mcp:tools:weather'],
    rule: (_, input) => {
      expectTypeOf(input).toEqualTypeOf<unknown>();
      return true;
    },
  });
  createMcpAuth({ resource, provider, scopes, policy: { tools: { byInput, plain } } });
  const misspelt = defineEntry({ needs: ['mcp:tools:wether'] });
  // @ts-expect-error a misspelt scope
  createMcpAuth({ resource, provider, scopes, policy: { tools: { misspelt } } });
  // @ts-expect-error a rule says yes or no
  defineEntry({ needs: ['mcp:tools:weather'], rule: () => 'yes' });
  // @ts-expect-error nothing else can be done with an entry than to report on it
  defineEntry({ needs: ['mcp:tools:weather'], enforce: 'off' });
  const auth = createMcpAuth({ resource, provider, scopes, policy: {} });
  expectTypeOf(auth.needs()[0]?.scopes).toExtend<readonly string[] | undefined>();
});
