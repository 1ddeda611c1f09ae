import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { ownerOf } from '../owner.js';
import type { Services } from '../services.js';
import { runWorkflow } from '../workflows/run-workflow.js';
import { workflowNames } from '../workflows/workflow.js';
import { answer, answering, QUOTED } from './answer.js';
import { paceFor } from './pace-for.js';
import { runWorkflowInput } from './run-workflow-input.js';
import { readTickers } from './tickers.js';

const outputSchema = z.object({
  notice: z.string(),
  reportUri: z
    .string()
    .describe('Where the report can be read again, with mcp:resources:reports:read.'),
  report: z.looseObject({
    kind: z.enum(workflowNames),
    id: z.string(),
    createdAt: z.string(),
    summary: z.string(),
  }),
});

/** Runs a workflow and leaves a report that only its owner can read. Which scope that takes, the policy reads from the arguments. */
export function registerRunWorkflow(server: McpServer, services: Services): void {
  server.registerTool(
    'run_workflow',
    {
      title: 'Run a workflow',
      description:
        'Runs daily-digest, portfolio-report or backfill-scores and stores the report. Each needs a scope of its own. The longer ones report progress and can be cancelled.',
      inputSchema: runWorkflowInput,
      outputSchema,
      annotations: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: false,
        openWorldHint: false,
      },
    },
    ({ workflow, tickers, ...rest }, context) =>
      answering('run_workflow', async () => {
        const { news, reports, watchlists } = services;
        const input = { ...rest, ...(tickers ? { tickers: readTickers(tickers) } : {}) };
        const owner = ownerOf(services.caller(context));
        const work = { news, reports, watchlists, owner, pace: paceFor(context) };
        const made = await runWorkflow(workflow, input, work);
        const { owner: _owner, ...report } = made;
        const reportUri = `finance://reports/${made.id}`;
        return answer(`${made.summary}\nReport: ${reportUri}`, {
          notice: QUOTED,
          reportUri,
          report,
        });
      }),
  );
}
