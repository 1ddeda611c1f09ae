import { z } from 'zod';
import { workflowNames } from '../workflows/workflow.js';

/** The arguments of `run_workflow`. The policy reads the workflow's name from them, validated, before anything runs. */
export const runWorkflowInput = z.strictObject({
  workflow: z.enum(workflowNames).describe('Which workflow to run.'),
  date: z.iso.date().optional().describe('daily-digest: the day. Default: the newest with news.'),
  tickers: z
    .array(z.string().min(1).max(32))
    .min(1)
    .max(25)
    .optional()
    .describe('Which companies. Default: all of the corpus, or those of the watchlist.'),
  watchlist: z.string().min(1).max(64).optional().describe('portfolio-report: one of your lists.'),
  days: z.int().min(1).max(90).optional().describe('portfolio-report: days back. Default 30.'),
  force: z
    .boolean()
    .optional()
    .describe('backfill-scores: also headlines that the newest rules have scored already.'),
});
