import { randomBytes } from 'node:crypto';
import { parseTicker } from '../news/ticker.js';
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

const MAX_TICKERS = 25;
const MAX_DAYS = 90;

/** The parts of the input that each workflow has a use for. */
const accepted: Readonly<Record<WorkflowName, readonly (keyof WorkflowInput)[]>> = {
  'daily-digest': ['date', 'tickers'],
  'portfolio-report': ['tickers', 'watchlist', 'days'],
  'backfill-scores': ['force', 'tickers'],
};

function checkedTickers(texts: readonly string[] | undefined): readonly string[] | undefined {
  if (texts === undefined) return undefined;
  if (texts.length === 0 || texts.length > MAX_TICKERS) {
    throw new WorkflowInputError(
      `"tickers" must have 1 to ${MAX_TICKERS} entries; leave it out for all.`,
    );
  }
  return texts.map((text) => {
    const ticker = parseTicker(text);
    if (!ticker)
      throw new WorkflowInputError('"tickers" has an entry with characters that no ticker has.');
    return ticker;
  });
}

function portfolioTickers(input: WorkflowInput, context: WorkflowContext): readonly string[] {
  const { watchlist, tickers } = input;
  if (watchlist === undefined) return checkedTickers(tickers) ?? corpusTickers(context);
  if (tickers) throw new WorkflowInputError('Give "tickers" or "watchlist", not both.');
  const list = context.watchlists.get(context.owner, watchlist);
  if (!list) throw new WorkflowInputError('There is no such watchlist.');
  return list.tickers;
}

function corpusTickers({ news }: WorkflowContext): readonly string[] {
  return news.manifest.companies.map(({ ticker }) => ticker);
}

async function compute(name: WorkflowName, input: WorkflowInput, context: WorkflowContext) {
  const { news, pace = unhurried } = context;
  switch (name) {
    case 'daily-digest': {
      const tickers = checkedTickers(input.tickers);
      const date = input.date ?? news.manifest.asOf.slice(0, 10);
      return dailyDigest(news, {
        date,
        tickers: tickers ?? corpusTickers(context),
        only: tickers !== undefined,
      });
    }
    case 'portfolio-report': {
      const { days = 30, watchlist } = input;
      if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) {
        throw new WorkflowInputError(`"days" must be a whole number from 1 to ${MAX_DAYS}.`);
      }
      const tickers = portfolioTickers(input, context);
      return portfolioReport(news, { tickers, days, watchlist, pace });
    }
    case 'backfill-scores':
      return backfillScores(news, {
        pace,
        force: input.force ?? false,
        tickers: checkedTickers(input.tickers),
      });
  }
}

/**
 * Runs a workflow and keeps its report. Does NOT check scopes.
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
