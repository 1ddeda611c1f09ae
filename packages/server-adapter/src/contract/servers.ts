import {
  McpServer as McpServerV1,
  ResourceTemplate as TemplateV1,
} from '@modelcontextprotocol/sdk/server/mcp.js';
import { createMcpHandler, McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { HandlerContext, McpEndpoint } from '../index.js';
import { statelessEndpoint } from '../v1/index.js';
import { everything } from './everything.js';
import { type Fixture, workflow } from './fixture.js';
import { forwardEverything } from './upstream.js';

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

/** The handlers, the same under both SDKs. */
function handlers({ auth, ran }: Fixture) {
  return {
    run: (name: string) => {
      ran.push(name);
      return text(name);
    },
    whoami: (ctx: HandlerContext & object) => {
      ran.push('whoami');
      const { principal } = auth.context(ctx);
      return text(JSON.stringify({ subject: principal.subject, seen: everything(ctx) }));
    },
    forward: async (ctx: HandlerContext & object, upstream: string) => {
      ran.push('forward');
      await forwardEverything(ctx, auth.context(ctx), upstream);
      return text('forward');
    },
    late: (ctx: HandlerContext) => {
      auth.context(ctx).demand('mcp:tools:payroll');
      ran.push('late');
      return text('late');
    },
    crash: () => {
      throw new Error('The handler broke.');
    },
    slow: (signal: AbortSignal) => {
      ran.push('slow');
      return new Promise<ReturnType<typeof text>>((resolve) => {
        signal.addEventListener('abort', () => {
          ran.push('slow aborted');
          resolve(text('aborted'));
        });
      });
    },
    long: () => text('x'.repeat(3_000_000)),
  };
}

const header = { type: 'string', 'x-mcp-header': 'Region' } as const;

/** `@modelcontextprotocol/server`: both eras, one fresh server for each request. */
export function endpointV2(fixture: Fixture): McpEndpoint {
  return createMcpHandler(() => {
    const server = new McpServer({ name: 'fixture', version: '1.0.0' });
    const { run, whoami, forward, late, crash, slow, long } = handlers(fixture);
    const tool = (name: string) =>
      server.registerTool(name, { description: name }, () => run(name));
    for (const name of ['weather', 'payroll', 'hidden', 'broken', 'mine']) tool(name);
    const inputSchema = workflow;
    server.registerTool('run_workflow', { description: 'w', inputSchema }, ({ name }) => run(name));
    const region = z.object({ region: z.string().meta(header) });
    server.registerTool('by_header', { description: 'h', inputSchema: region }, () =>
      run('by_header'),
    );
    server.registerTool('whoami', { description: 'w' }, (ctx) => whoami(ctx));
    const target = z.object({ upstream: z.string() });
    server.registerTool('forward', { inputSchema: target }, ({ upstream }, ctx) =>
      forward(ctx, upstream),
    );
    server.registerTool('late', { description: 'l' }, (ctx) => late(ctx));
    server.registerTool('crash', { description: 'c' }, () => crash());
    server.registerTool('slow', { description: 's' }, (ctx) => slow(ctx.mcpReq.signal));
    server.registerTool('long', { description: 'l' }, () => long());
    const contents = (uri: URL) => ({ contents: [{ uri: uri.href, text: 'note' }] });
    server.registerResource('secret', 'notes://box/secret', {}, (uri) => {
      fixture.ran.push(uri.href);
      return contents(uri);
    });
    const template = new ResourceTemplate('notes://box/{id}', { list: undefined });
    server.registerResource('note', template, {}, (uri) => {
      fixture.ran.push(uri.href);
      return contents(uri);
    });
    server.registerPrompt('brief', { description: 'b' }, () => {
      fixture.ran.push('brief');
      return { messages: [] };
    });
    server.registerPrompt('hidden', { description: 'h' }, () => ({ messages: [] }));
    return server;
  }).fetch;
}

/** `@modelcontextprotocol/sdk`: the legacy era, statelessly. */
export function endpointV1(fixture: Fixture): McpEndpoint {
  return statelessEndpoint(() => {
    const server = new McpServerV1({ name: 'fixture', version: '1.0.0' });
    const { run, whoami, forward, late, crash, slow, long } = handlers(fixture);
    for (const name of ['weather', 'payroll', 'hidden', 'broken', 'mine', 'by_header']) {
      server.registerTool(name, { description: name }, () => run(name));
    }
    const inputSchema = workflow.shape;
    server.registerTool('run_workflow', { description: 'w', inputSchema }, ({ name }) => run(name));
    server.registerTool('whoami', { description: 'w' }, (extra) => whoami(extra));
    const target = { upstream: z.string() };
    server.registerTool('forward', { inputSchema: target }, ({ upstream }, extra) =>
      forward(extra, upstream),
    );
    server.registerTool('late', { description: 'l' }, (extra) => late(extra));
    server.registerTool('crash', { description: 'c' }, () => crash());
    server.registerTool('slow', { description: 's' }, (extra) => slow(extra.signal));
    server.registerTool('long', { description: 'l' }, () => long());
    const contents = (uri: URL) => {
      fixture.ran.push(uri.href);
      return { contents: [{ uri: uri.href, text: 'note' }] };
    };
    server.registerResource('secret', 'notes://box/secret', {}, contents);
    const template = new TemplateV1('notes://box/{id}', { list: undefined });
    server.registerResource('note', template, {}, contents);
    server.registerPrompt('brief', { description: 'b' }, () => {
      fixture.ran.push('brief');
      return { messages: [] };
    });
    server.registerPrompt('hidden', { description: 'h' }, () => ({ messages: [] }));
    return server;
  });
}
