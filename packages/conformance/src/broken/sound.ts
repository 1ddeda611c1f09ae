import { createMcpHandler, McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { type AuthProvider, defineScopes, type ScopeVocabulary } from '@portcullis/core';
import {
  createMcpAuth,
  type McpAuthOptions,
  type McpEndpoint,
  type ProtectedHandler,
  type SdkGeneration,
} from '@portcullis/server-adapter';
import { statefulEndpoint } from '@portcullis/server-adapter/v2';
import { z } from 'zod';
import { type Plan, readPlan } from '../plan/plan.js';

type SoundScope =
  | 'mcp:tools:weather'
  | 'mcp:tools:payroll'
  | 'mcp:tools:*'
  | 'mcp:resources:notes:read'
  | 'mcp:prompts:brief'
  | 'mcp:admin:all';

const scopes: ScopeVocabulary<SoundScope> = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:payroll': { description: 'See what people earn.' },
  'mcp:tools:*': { description: 'Use every tool.' },
  'mcp:resources:notes:read': { description: 'Read notes.' },
  'mcp:prompts:brief': { description: 'Write a brief.' },
  'mcp:admin:all': { description: 'Administer everything.', implies: ['mcp:tools:payroll'] },
});

/** What the suite is told about the sound server, as it stands in a plan file. */
export const plan: Plan = readPlan({
  operations: [
    { tool: 'whoami' },
    { tool: 'weather', scopes: ['mcp:tools:weather'], coveredBy: [['mcp:tools:*']] },
    {
      tool: 'payroll',
      scopes: ['mcp:tools:payroll', 'mcp:tools:weather'],
      coveredBy: [['mcp:tools:*'], ['mcp:admin:all', 'mcp:tools:weather']],
    },
    {
      tool: 'by_region',
      arguments: { region: 'eu' },
      headers: { 'Mcp-Param-Region': 'eu' },
      scopes: ['mcp:tools:weather'],
    },
    { resource: 'notes://box/1', scopes: ['mcp:resources:notes:read'] },
    { prompt: 'brief', scopes: ['mcp:prompts:brief'] },
  ],
  forbiddenTools: ['hidden'],
});

/** A server of `@modelcontextprotocol/server` with what the plan names. */
function buildServer(): McpServer {
  const capabilities = { resources: { subscribe: true } };
  const server = new McpServer({ name: 'sound', version: '1.0.0' }, { capabilities });
  for (const name of ['whoami', 'weather', 'payroll', 'hidden']) {
    const annotations = { readOnlyHint: name !== 'payroll' };
    server.registerTool(name, { description: name, annotations }, () => ({
      content: [{ type: 'text', text: name }],
    }));
  }
  const region = z.string().meta({ type: 'string', 'x-mcp-header': 'Region' });
  const inputSchema = z.object({ region });
  server.registerTool('by_region', { description: 'r', inputSchema }, (input) => ({
    content: [{ type: 'text', text: input.region }],
  }));
  const template = new ResourceTemplate('notes://box/{id}', { list: undefined });
  server.registerResource('note', template, {}, (uri) => ({
    contents: [{ uri: uri.href, text: 'note' }],
  }));
  server.registerPrompt('brief', { description: 'b' }, () => ({ messages: [] }));
  return server;
}

/** Both eras, the older one without sessions. */
const stateless = (): McpEndpoint => createMcpHandler(buildServer).fetch;

/** How a server is put together. */
export interface SoundOptions {
  /** Default: {@link stateless}. */
  readonly endpoint?: McpEndpoint;
  /** Default `v2`. */
  readonly sdk?: SdkGeneration;
  readonly sessions?: boolean;
  /** Wraps the provider, to break what it checks. */
  provider?(sound: AuthProvider): AuthProvider;
  /** Whether the tool that nobody may call has a rule that lets everybody. */
  readonly open?: boolean;
  /** Other options of the adapter. */
  readonly options?: Partial<McpAuthOptions<SoundScope>>;
}

/** The server that the suite has nothing to say against. */
export function soundServer(
  trusted: AuthProvider,
  resource: string,
  {
    endpoint = stateless(),
    sdk = 'v2',
    sessions = false,
    provider = (own) => own,
    open = false,
    options,
  }: SoundOptions = {},
): ProtectedHandler {
  const auth = createMcpAuth<SoundScope>({
    ...{ resource, scopes, provider: provider(trusted), baseline: ['mcp:tools:weather'] },
    policy: {
      tools: {
        whoami: [],
        weather: ['mcp:tools:weather'],
        payroll: ['mcp:tools:payroll', 'mcp:tools:weather'],
        by_region: ['mcp:tools:weather'],
        ...(open ? { hidden: [] } : {}),
      },
      resources: { 'notes://box/{id}': ['mcp:resources:notes:read'] },
      prompts: { brief: ['mcp:prompts:brief'] },
    },
    ...options,
  });
  return auth.protect(endpoint, { sdk, sessions });
}

/** Sound, with sessions in the 2025 revisions. */
export const stateful = (): SoundOptions => ({
  endpoint: statefulEndpoint(buildServer, { maxSessionsPerOwner: 50 }),
  sessions: true,
});
