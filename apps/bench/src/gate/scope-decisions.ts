import { decideScopes, defineScopes } from '@portcullis/core';
import { type Effort, inTurn, processorClock } from '../in-turn.js';
import { median, row, type ShownRow } from '../report.js';

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

/** One decision over five needs, by how many grants the token holds. */
function decision(grants: number) {
  const granted = [
    ...Array.from({ length: grants - others.length }, (_, index) => `mcp:tools:tool-${index}`),
    ...others,
  ];
  return (count: number) => {
    for (let index = 0; index < count; index += 1) {
      if (!decideScopes(scopes, granted, needs).allowed) throw new Error('The decision is wrong.');
    }
  };
}

const BAR_NS = 1000;
/** Twice the time that linear growth takes, for what the caches of the processor add. */
const TOLERANCE = 0.5;

/** One decision against the bar, and how it grows with the grants. */
export async function decisionRows(effort: Effort): Promise<readonly ShownRow[]> {
  const rates = await inTurn(
    { few: decision(20), thousand: decision(1000), many: decision(10_000) },
    effort,
    processorClock,
  );
  const [few, thousand, many] = [rates.few, rates.thousand, rates.many].map(
    (perSecond) => 1e9 / median(perSecond),
  ) as [number, number, number];
  const ns = (value: number) => `${Math.round(value)} ns`;
  return [
    row(`scope decision, 20 grants × 5 needs, to ${BAR_NS} ns`, BAR_NS / few, 1, ns(few)),
    row(
      'scope decision, 10,000 grants, to 10 × the time of 1,000',
      (10 * thousand) / many,
      TOLERANCE,
      `${ns(many)} to 10 × ${ns(thousand)}`,
    ),
  ];
}
