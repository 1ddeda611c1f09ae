import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import type { McpEndpoint, SdkGeneration } from '../index.js';
import type { SessionLimits } from '../session/session-pool.js';
import { statefulEndpoint as statefulV1 } from '../v1/index.js';
import { statefulEndpoint as statefulV2 } from '../v2/index.js';
import type { FixtureOptions } from './hosts.js';

/** What the tools of {@link sessionServer} need. */
export const sessionPolicy: FixtureOptions['policy'] = {
  tools: {
    weather: ['mcp:tools:weather'],
    payroll: ['mcp:tools:payroll'],
    ask: [],
    sample: [],
    tell: [],
    slow: [],
  },
};

/** An endpoint with sessions, the same under both SDKs. */
export interface SessionServer {
  readonly endpoint: McpEndpoint & { close(): Promise<void> };
  /** Names of the tools that ran. */
  readonly ran: string[];
  /** How many servers were built. */
  readonly built: () => number;
  /** Lets `slow` come to its end. */
  readonly release: () => void;
}

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const question = {
  message: 'Which place?',
  requestedSchema: { type: 'object' as const, properties: { place: { type: 'string' as const } } },
};
const prompt = {
  messages: [{ role: 'user' as const, content: { type: 'text' as const, text: 'Say hello.' } }],
  maxTokens: 10,
};

/** `ask` and `sample` ask the client, `tell` writes to its stream, `slow` waits until it is released. */
export function sessionServer(sdk: SdkGeneration, limits: SessionLimits = {}): SessionServer {
  const ran: string[] = [];
  let built = 0;
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const run = (name: string) => {
    ran.push(name);
    return text(name);
  };
  const slow = async () => {
    ran.push('slow');
    await released;
    return text('slow');
  };
  const info = { name: 'fixture', version: '1.0.0' };

  function buildV1(): McpServerV1 {
    built += 1;
    const server = new McpServerV1(info);
    for (const name of ['weather', 'payroll']) {
      server.registerTool(name, { description: name }, () => run(name));
    }
    server.registerTool('ask', { description: 'a' }, async ({ requestId }) => {
      const related = { relatedRequestId: requestId };
      return text(JSON.stringify(await server.server.elicitInput(question, related)));
    });
    server.registerTool('sample', { description: 's' }, async ({ requestId }) => {
      const related = { relatedRequestId: requestId };
      return text(JSON.stringify(await server.server.createMessage(prompt, related)));
    });
    server.registerTool('tell', { description: 't' }, async () => {
      await server.server.sendToolListChanged();
      return run('tell');
    });
    server.registerTool('slow', { description: 's' }, slow);
    return server;
  }

  function buildV2(): McpServer {
    built += 1;
    const server = new McpServer(info);
    for (const name of ['weather', 'payroll']) {
      server.registerTool(name, { description: name }, () => run(name));
    }
    server.registerTool('ask', { description: 'a' }, async ({ mcpReq }) =>
      text(JSON.stringify(await mcpReq.elicitInput(question, { relatedRequestId: mcpReq.id }))),
    );
    server.registerTool('sample', { description: 's' }, async ({ mcpReq }) =>
      text(JSON.stringify(await mcpReq.requestSampling(prompt))),
    );
    server.registerTool('tell', { description: 't' }, async () => {
      await server.server.sendToolListChanged();
      return run('tell');
    });
    server.registerTool('slow', { description: 's' }, slow);
    return server;
  }

  const endpoint = sdk === 'v1' ? statefulV1(buildV1, limits) : statefulV2(buildV2, limits);
  return { endpoint, ran, built: () => built, release };
}
