import { z } from 'zod';
import { behaviourOf } from './behaviours.js';

/** What the suite hands to the command, beside the URL of its server. */
const environment = z.object({
  MCP_CONFORMANCE_SCENARIO: z.string(),
  MCP_CONFORMANCE_PROTOCOL_VERSION: z.enum(['2025-11-25', '2026-07-28']),
  MCP_CONFORMANCE_CONTEXT: z.string().default('{}'),
});

const {
  MCP_CONFORMANCE_SCENARIO: scenario,
  MCP_CONFORMANCE_PROTOCOL_VERSION: revision,
  MCP_CONFORMANCE_CONTEXT: context,
} = environment.parse(process.env);
const [, , mcpUrl = ''] = process.argv;

try {
  await behaviourOf(scenario)({ scenario, mcpUrl, revision, context: JSON.parse(context) });
  console.log('done');
} catch (error) {
  console.log(`stopped: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
  process.exitCode = 1;
}
