import type { Report } from './workflow.js';

/** Reports, newest kept: at most 500. */
export interface ReportStore {
  /** @throws {StoreError} when the file cannot be written. */
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
