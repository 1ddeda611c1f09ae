import { openCollection } from '../persistence/collection.js';
import { reportSchema } from './report-schema.js';
import type { Report } from './workflow.js';

/** Reports that are kept for each owner; the oldest go first. */
const MAX_REPORTS = 50;

/** Reports of all owners. */
export interface ReportStore {
  /** Keeps the newest 50 of each owner. @throws {StoreError} when the file cannot be written. */
  put(report: Report): void;
  /** Does NOT check who asks: compare `owner`. */
  get(id: string): Report | undefined;
  /** Newest first. */
  list(owner: string): readonly Report[];
  close(): void;
}

/** How to open a store. */
export interface ReportStoreOptions {
  /** SQLite file, made when missing; may be shared with the other stores. */
  readonly path?: string;
}

/** Opens the reports. @throws {StoreError} when the file cannot be used; it is left as it is. */
export function createReportStore({ path }: ReportStoreOptions = {}): ReportStore {
  const reports = openCollection('reports', path, reportSchema);
  const ofOwner = (owner: string) =>
    [...reports.values().values()]
      .filter((report) => report.owner === owner)
      // Reports of the same moment: the one written later comes first.
      .reverse()
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  return {
    put: (report) => {
      const gone = ofOwner(report.owner).slice(MAX_REPORTS - 1);
      reports.write(
        new Map([[report.id, report]]),
        gone.map(({ id }) => id),
      );
    },
    get: (id) => reports.values().get(id),
    list: ofOwner,
    close: () => reports.close(),
  };
}
