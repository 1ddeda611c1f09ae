import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport as StdioV1 } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Transport as TransportV1 } from '@modelcontextprotocol/sdk/shared/transport.js';
import { McpServer, type McpServerFactory, type Transport } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { expectTypeOf, it } from 'vitest';
import type { McpAuth } from '../index.js';
import { protectTransport, stdioPrincipal } from './index.js';

declare const auth: McpAuth<'mcp:tools:weather'>;
declare const buildServer: McpServerFactory;

it('stands between the transports and the servers of both SDKs', async () => {
  const principal = stdioPrincipal({ subject: 'local:ada', scopes: ['mcp:tools:weather'] });
  const v1 = await protectTransport(auth, new StdioV1(), { principal, sdk: 'v1' });
  expectTypeOf(v1).toExtend<TransportV1>();
  await new McpServerV1({ name: 'tests', version: '1.0.0' }).connect(v1);
  const v2 = await protectTransport(auth, new StdioServerTransport(), { token: undefined });
  expectTypeOf(v2).toExtend<Transport>();
  expectTypeOf(v2.serving(buildServer)).toExtend<McpServerFactory>();
  serveStdio(v2.serving(buildServer), { transport: v2 });
  serveStdio(
    v2.serving(() => new McpServer({ name: 'tests', version: '1.0.0' })),
    { transport: v2 },
  );
  // @ts-expect-error nobody is named
  await protectTransport(auth, new StdioServerTransport());
});
