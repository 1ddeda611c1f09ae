import { defineScopes, type MemorySink, memorySink, type ScopeVocabulary } from '@portcullis/core';
import type { FakeIssuer } from '@portcullis/core/testing';
import { z } from 'zod';
import { createMcpAuth, type McpAuth, type McpAuthOptions, needsByInput } from '../index.js';

export type FixtureScope =
  | 'mcp:tools:weather'
  | 'mcp:tools:payroll'
  | 'mcp:tools:*'
  | 'mcp:resources:notes:read'
  | 'mcp:resources:notes:secret'
  | 'mcp:prompts:brief'
  | 'mcp:exec:workflows:daily'
  | 'mcp:exec:workflows:close'
  | 'mcp:exec:workflows:*'
  | 'mcp:admin:all';

/** The scopes of the server that every host serves in these tests. */
const scopes: ScopeVocabulary<FixtureScope> = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:payroll': { description: 'See what people earn.' },
  'mcp:tools:*': { description: 'Use every tool.' },
  'mcp:resources:notes:read': { description: 'Read notes.' },
  'mcp:resources:notes:secret': { description: 'Read the secret note.' },
  'mcp:prompts:brief': { description: 'Write a brief.' },
  'mcp:exec:workflows:daily': { description: 'Run the daily workflow.' },
  'mcp:exec:workflows:close': { description: 'Close the month.' },
  'mcp:exec:workflows:*': { description: 'Run every workflow.' },
  'mcp:admin:all': { description: 'Administer everything.', implies: ['mcp:tools:payroll'] },
});

export const workflow: z.ZodObject<{ name: z.ZodEnum<{ daily: 'daily'; close: 'close' }> }> =
  z.object({ name: z.enum(['daily', 'close']) });

const policy: McpAuthOptions<FixtureScope>['policy'] = {
  tools: {
    weather: ['mcp:tools:weather'],
    payroll: ['mcp:tools:payroll', 'mcp:tools:weather'],
    whoami: [],
    forward: [],
    late: [],
    crash: [],
    slow: [],
    long: [],
    by_header: [],
    run_workflow: needsByInput({
      input: workflow,
      possible: ['mcp:exec:workflows:daily', 'mcp:exec:workflows:close'],
      of: ({ name }) => [`mcp:exec:workflows:${name}`],
    }),
    broken: needsByInput({
      input: z.object({}),
      possible: ['mcp:tools:weather'],
      of: () => ['mcp:tools:payroll' as 'mcp:tools:weather'],
    }),
    mine: { needs: [], rule: ({ subject }) => subject === 'owner' },
  },
  resources: {
    'notes://box/{id}': ['mcp:resources:notes:read'],
    'notes://box/secret': ['mcp:resources:notes:secret'],
  },
  prompts: { brief: ['mcp:prompts:brief'] },
  methods: { 'prompts/list': ['mcp:prompts:brief'] },
};

/** What a host is given to serve. */
export interface Fixture {
  readonly auth: McpAuth<FixtureScope>;
  readonly sink: MemorySink;
  /** Names of the tools, resources and prompts whose handlers ran. */
  readonly ran: string[];
}

/** The adapter under test in front of a resource, trusting the fake issuer. */
export function createFixture(
  issuer: FakeIssuer,
  resource: string,
  options: Partial<McpAuthOptions<FixtureScope>> = {},
): Fixture {
  const sink = memorySink();
  const auth = createMcpAuth({
    resource,
    provider: issuer.provider(),
    scopes,
    policy,
    baseline: ['mcp:tools:weather'],
    audit: [sink],
    ...options,
  });
  return { auth, sink, ran: [] };
}
