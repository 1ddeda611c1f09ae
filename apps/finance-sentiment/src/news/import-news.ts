/** The formats that {@link NewsStore.import} reads. */
export type ImportFormat = 'csv';

/** What became of each row. */
export interface ImportReport {
  readonly imported: number;
  /** Rows whose normalised title and date were there already, or came twice. */
  readonly duplicates: number;
  /** Ids of the imported items, in the order of the rows. */
  readonly ids: readonly string[];
  /** Lines count from 1, the header included. At most 200 are listed; `errorCount` has them all. */
  readonly errors: readonly { readonly line: number; readonly problem: string }[];
  readonly errorCount: number;
}
