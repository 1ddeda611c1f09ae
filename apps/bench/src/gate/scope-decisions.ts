import { decideScopes, defineScopes } from '@portcullis/core';
import { measure } from './pairs.js';

const tools = Array.from({ length: 30 }, (_, index) => `mcp:tools:tool-${index}`);
const scopes = defineScopes({
  ...Object.fromEntries(tools.map((tool) => [tool, { description: 'Use a tool.' }])),
  'mcp:exec:workflows:*': { description: 'Run every workflow.' },
  'mcp:resources:notes:read': { description: 'Read notes.' },
  'mcp:resources:notes:write': {
    description: 'Write notes.',
    implies: ['mcp:resources:notes:read'],
  },
});
const needs = [
  'mcp:tools:tool-3',
  'mcp:tools:tool-15',
  'mcp:exec:workflows:nightly',
  'mcp:resources:notes:read',
  'mcp:resources:notes:write',
];
const others = ['mcp:exec:workflows:*', 'mcp:resources:notes:write', 'openid', 'profile'];

/** Nanoseconds for one decision over five needs, by how many grants the token holds. */
export async function timeDecision(grants: number): Promise<number> {
  const granted = [
    ...Array.from({ length: grants - others.length }, (_, index) => `mcp:tools:tool-${index}`),
    ...others,
  ];
  const perSecond = await measure((count) => {
    for (let index = 0; index < count; index += 1) {
      if (!decideScopes(scopes, granted, needs).allowed) throw new Error('The decision is wrong.');
    }
  });
  return 1e9 / perSecond;
}
