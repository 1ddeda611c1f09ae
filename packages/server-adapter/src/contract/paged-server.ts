import { Server as ServerV1 } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import {
  createMcpHandler,
  inputRequired,
  ProtocolError,
  Server,
} from '@modelcontextprotocol/server';
import type { McpEndpoint, SdkGeneration } from '../index.js';
import { statefulEndpoint as statefulV1 } from '../v1/index.js';
import { statefulEndpoint as statefulV2 } from '../v2/index.js';
import type { FixtureOptions } from './hosts.js';

/** What a server with pages is judged by. */
export const pagedPolicy: FixtureOptions['policy'] = {
  tools: {
    whoami: [],
    weather: ['mcp:tools:weather'],
    payroll: ['mcp:tools:payroll'],
    run_workflow: {
      needs: {
        input: anything(),
        possible: ['mcp:exec:workflows:daily', 'mcp:exec:workflows:close'],
        of: () => ['mcp:exec:workflows:daily'],
      },
    },
    mine: { needs: [], rule: () => false },
  },
  resources: {
    'notes://box/{id}': ['mcp:resources:notes:read'],
    'notes://box/secret': ['mcp:resources:notes:secret'],
    'notes://open/{id}': [],
  },
  prompts: { brief: ['mcp:prompts:brief'], free: [] },
};

function anything() {
  return {
    '~standard': { version: 1, vendor: 'tests', validate: (value: unknown) => ({ value }) },
  } as const;
}

const inputSchema = { type: 'object' as const };
const tools = ['whoami', 'weather', 'hidden', 'payroll', 'run_workflow', 'mine'].map((name) => ({
  ...{ name, inputSchema },
  ...(name === 'weather' ? { _meta: { 'example.com/own': 1 } } : {}),
}));
const resources = ['notes://open/1', 'notes://box/1', 'notes://box/secret', 'other://1'].map(
  (uri) => ({ uri, name: uri }),
);
const resourceTemplates = [
  'notes://open/{id}',
  'notes://box/{id}',
  'notes://{+path}',
  'other://{x}',
].map((uriTemplate) => ({ uriTemplate, name: uriTemplate }));
const prompts = ['free', 'brief', 'hidden'].map((name) => ({ name }));

/** A server on an SDK's low-level API. Its pages have two items; it wants its lists to be shared, and its notes to be completed. */
export interface PagedServer {
  readonly endpoint: McpEndpoint;
  /** The cursors and request states that reached it. */
  readonly seen: unknown[];
}

export function pagedServer(
  sdk: SdkGeneration,
  responseMode: 'auto' | 'sse' = 'auto',
): PagedServer {
  const seen: unknown[] = [];
  const shared = { cacheScope: 'public' as const, ttlMs: 86_400_000 };

  function page<Name extends string, Item>(name: Name, items: readonly Item[], cursor?: string) {
    if (cursor !== undefined) seen.push(cursor);
    const start = cursor === undefined ? 0 : Number(/^page at (\d)$/.exec(cursor)?.[1] ?? -1);
    if (start < 0) throw new ProtocolError(-32602, 'A cursor that nobody gave out.');
    const nextCursor = start + 2 < items.length ? { nextCursor: `page at ${start + 2}` } : {};
    const some = items.slice(start, start + 2);
    return { [name]: some, ...nextCursor } as { [Key in Name]: Item[] } & { nextCursor?: string };
  }

  const completion = {
    completion: { values: ['1', 'secret', '2'], total: 3, hasMore: false },
  };
  const contents = (uri: string) => ({ contents: [{ uri, text: 'note' }] });
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
  const info = { name: 'paged', version: '1.0.0' };
  const capabilities = {
    tools: { listChanged: true },
    prompts: {},
    resources: { subscribe: true },
    completions: {},
  };
  const question = {
    confirm: inputRequired.elicit({
      message: 'Sure?',
      requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } } },
    }),
  };

  function buildV2(): Server {
    const server = new Server(info, { capabilities });
    server.setRequestHandler('tools/list', ({ params }) => ({
      ...page('tools', tools, params?.cursor),
      ...shared,
    }));
    server.setRequestHandler('prompts/list', ({ params }) => ({
      ...page('prompts', prompts, params?.cursor),
      ...shared,
    }));
    server.setRequestHandler('resources/list', ({ params }) => ({
      ...page('resources', resources, params?.cursor),
      ...shared,
    }));
    server.setRequestHandler('resources/templates/list', ({ params }) => ({
      ...page('resourceTemplates', resourceTemplates, params?.cursor),
      ...shared,
    }));
    server.setRequestHandler('resources/read', ({ params }) => ({
      ...contents(params.uri),
      ...shared,
    }));
    server.setRequestHandler('completion/complete', () => completion);
    server.setRequestHandler('tools/call', ({ params }, { mcpReq }) => {
      const state = mcpReq.requestState();
      if (state === undefined) {
        return inputRequired({ inputRequests: question, requestState: `asked by ${params.name}` });
      }
      seen.push(state);
      return text(`done: ${state}`);
    });
    return server;
  }

  function buildV1(): ServerV1 {
    const server = new ServerV1(info, { capabilities });
    server.setRequestHandler(ListToolsRequestSchema, ({ params }) =>
      page('tools', tools, params?.cursor),
    );
    server.setRequestHandler(ListPromptsRequestSchema, ({ params }) =>
      page('prompts', prompts, params?.cursor),
    );
    server.setRequestHandler(ListResourcesRequestSchema, ({ params }) =>
      page('resources', resources, params?.cursor),
    );
    server.setRequestHandler(ListResourceTemplatesRequestSchema, ({ params }) =>
      page('resourceTemplates', resourceTemplates, params?.cursor),
    );
    server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => contents(params.uri));
    server.setRequestHandler(CompleteRequestSchema, () => completion);
    server.setRequestHandler(CallToolRequestSchema, ({ params }) => text(params.name));
    return server;
  }

  if (sdk === 'v2') return { endpoint: createMcpHandler(buildV2, { responseMode }).fetch, seen };
  const endpoint: McpEndpoint = async (request, options) => {
    const transport = new WebStandardStreamableHTTPServerTransport({});
    await buildV1().connect(transport);
    return transport.handleRequest(request, options);
  };
  return { endpoint, seen };
}

/** A server with sessions that takes its time to list tools, until `release`, and never answers a call. */
export interface CollidingServer {
  readonly endpoint: McpEndpoint & { close(): Promise<void> };
  /** When it was asked for a list, and when a tool was called. */
  readonly asked: Promise<void>;
  readonly called: Promise<void>;
  readonly release: () => void;
}

export function collidingServer(sdk: SdkGeneration): CollidingServer {
  let release = () => {};
  let ask = () => {};
  let call = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const called = new Promise<void>((resolve) => {
    call = resolve;
  });
  const info = { name: 'colliding', version: '1.0.0' };
  const capabilities = { tools: {} };
  const list = async () => {
    ask();
    await released;
    return { tools };
  };
  const never = () => {
    call();
    return new Promise<never>(() => {});
  };
  const buildV1 = () => {
    const server = new ServerV1(info, { capabilities });
    server.setRequestHandler(ListToolsRequestSchema, list);
    server.setRequestHandler(CallToolRequestSchema, never);
    return server;
  };
  const buildV2 = () => {
    const server = new Server(info, { capabilities });
    server.setRequestHandler('tools/list', list);
    server.setRequestHandler('tools/call', never);
    return server;
  };
  const endpoint = sdk === 'v1' ? statefulV1(buildV1) : statefulV2(buildV2);
  return { endpoint, asked, called, release: () => release() };
}
