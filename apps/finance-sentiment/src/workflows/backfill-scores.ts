import { counted } from '../counted.js';
import type { NewsStore } from '../news/news-store.js';
import type { Pace } from './pace.js';
import type { BackfillReport } from './workflow.js';

/** Changes that a report lists; its summary counts all. */
const CHANGES_LISTED = 200;

/** What to score again. */
export interface BackfillInput {
  readonly force: boolean;
  /** All items where none is given. */
  readonly tickers?: readonly string[];
  readonly pace: Pace;
}

/** Scores stored items by today's engine and says what changed. @throws {StoreError} when the file cannot be written, and whatever `pace` throws. */
export async function backfillScores(
  news: NewsStore,
  { force, tickers, pace }: BackfillInput,
): Promise<Omit<BackfillReport, 'id' | 'createdAt' | 'owner'>> {
  const report = await news.rescore({ force, pace, ...(tickers ? { tickers } : {}) });
  const labelled = news
    .between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    .filter(({ expectedLabel }) => expectedLabel !== undefined);
  const correct = labelled.filter((item) => item.expectedLabel === item.sentiment.label).length;
  return {
    kind: 'backfill-scores',
    engine: news.manifest.engine,
    ...report,
    changed: report.changed.slice(0, CHANGES_LISTED),
    agreement: { n: labelled.length, correct },
    summary: `${counted(report.examined, 'item')} examined, ${report.rescored} scored again, ${report.changed.length} with another label.`,
  };
}
