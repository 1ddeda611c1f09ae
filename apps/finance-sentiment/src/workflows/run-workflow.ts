import { randomBytes } from 'node:crypto';
import { backfillScores } from './backfill-scores.js';
import { dailyDigest } from './daily-digest.js';
import { unhurried } from './pace.js';
import { portfolioReport } from './portfolio-report.js';
import {
  type Report,
  type WorkflowContext,
  type WorkflowInput,
  WorkflowInputError,
  type WorkflowName,
} from './workflow.js';

/** The parts of the input that each workflow has a use for. */
const accepted: Readonly<Record<WorkflowName, readonly (keyof WorkflowInput)[]>> = {
  'daily-digest': ['date', 'tickers'],
  'portfolio-report': ['tickers', 'watchlist', 'days'],
  'backfill-scores': ['force', 'tickers'],
};

function portfolioTickers(input: WorkflowInput, context: WorkflowContext): readonly string[] {
  const { watchlist, tickers } = input;
  if (watchlist === undefined) return tickers ?? corpusTickers(context);
  if (tickers) throw new WorkflowInputError('Give "tickers" or "watchlist", not both.');
  const list = context.watchlists.get(context.owner, watchlist);
  if (!list) throw new WorkflowInputError('There is no such watchlist. edit_watchlist makes one.');
  return list.tickers;
}

function corpusTickers({ news }: WorkflowContext): readonly string[] {
  return news.manifest.companies.map(({ ticker }) => ticker);
}

async function compute(name: WorkflowName, input: WorkflowInput, context: WorkflowContext) {
  const { news, pace = unhurried } = context;
  switch (name) {
    case 'daily-digest': {
      const { tickers } = input;
      const date = input.date ?? news.manifest.asOf.slice(0, 10);
      return dailyDigest(news, {
        date,
        tickers: tickers ?? corpusTickers(context),
        only: tickers !== undefined,
      });
    }
    case 'portfolio-report': {
      const { days = 30, watchlist } = input;
      const tickers = portfolioTickers(input, context);
      return portfolioReport(news, { tickers, days, watchlist, pace });
    }
    case 'backfill-scores':
      return backfillScores(news, {
        pace,
        force: input.force ?? false,
        tickers: input.tickers,
      });
  }
}

/**
 * Runs a workflow and keeps its report. Does NOT check scopes, nor how many tickers and days there are.
 *
 * @throws {WorkflowInputError} when the input does not suit the workflow; nothing is kept then.
 * @throws {StoreError} when a file cannot be written.
 * @throws whatever `context.pace` throws; nothing is kept then either.
 */
export async function runWorkflow(
  name: WorkflowName,
  input: WorkflowInput,
  context: WorkflowContext,
): Promise<Report> {
  const { reports, owner, clock = Date.now } = context;
  for (const [part, value] of Object.entries(input)) {
    if (value !== undefined && !accepted[name].some((known) => known === part)) {
      throw new WorkflowInputError(`"${part}" is of no use to ${name}.`);
    }
  }
  const head = {
    id: randomBytes(12).toString('base64url'),
    createdAt: new Date(clock()).toISOString(),
    owner,
  };
  const report: Report = { ...head, ...(await compute(name, input, context)) };
  reports.put(report);
  return report;
}
