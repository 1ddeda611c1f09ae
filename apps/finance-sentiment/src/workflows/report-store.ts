import { openCollection } from '../persistence/collection.js';
import { reportSchema } from './report-schema.js';
import type { Report } from './workflow.js';

/** Reports that are kept; the oldest go first. */
const MAX_REPORTS = 500;

/** Reports of all owners. */
export interface ReportStore {
  /** Keeps the newest 500. @throws {StoreError} when the file cannot be written. */
  put(report: Report): void;
  /** Does NOT check who asks: compare `owner`. */
  get(id: string): Report | undefined;
  /** Newest first; only those of `owner` where one is given. */
  list(owner?: string): readonly Report[];
  close(): void;
}

/** How to open a store. */
export interface ReportStoreOptions {
  /** SQLite file, made when missing; may be shared with the other stores. */
  readonly path?: string;
}

function newestFirst(reports: Iterable<Report>): Report[] {
  // Reports of the same moment: the one written later comes first.
  return [...reports].reverse().sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

/** Opens the reports. @throws {StoreError} when the file cannot be used; it is left as it is. */
export function createReportStore({ path }: ReportStoreOptions = {}): ReportStore {
  const reports = openCollection('reports', path, reportSchema);
  return {
    put: (report) => {
      const others = newestFirst(reports.values().values()).filter(({ id }) => id !== report.id);
      const gone = others.slice(MAX_REPORTS - 1).map(({ id }) => id);
      reports.write(new Map([[report.id, report]]), gone);
    },
    get: (id) => reports.values().get(id),
    list: (owner) =>
      newestFirst(reports.values().values()).filter(
        (report) => owner === undefined || report.owner === owner,
      ),
    close: () => reports.close(),
  };
}
