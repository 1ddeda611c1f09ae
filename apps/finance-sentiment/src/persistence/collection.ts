import type { z } from 'zod';
import { openDocuments } from './documents.js';
import { StoreError } from './store-error.js';

/** Values in memory by id, kept in a file as well where there is one. */
export interface Collection<T> {
  /** What there is now, also what another process has written since. @throws {StoreError} */
  values(): ReadonlyMap<string, T>;
  /** All or nothing, in the file and in memory. @throws {StoreError} */
  write(put: ReadonlyMap<string, T>, remove?: readonly string[]): void;
  /** Another number after each change; ask after {@link Collection.values}. */
  revision(): number;
  close(): void;
}

/**
 * Opens a collection.
 *
 * @param path - SQLite file; without it the values live as long as the process.
 * @param schema - What is read from the file must fit it.
 * @throws {StoreError} when the file cannot be used, or holds what does not fit.
 */
export function openCollection<T>(
  name: string,
  path: string | undefined,
  schema: z.ZodType<T>,
): Collection<T> {
  const documents = path === undefined ? undefined : openDocuments(path);
  let values = new Map<string, T>();
  let revision = 0;

  function load(): void {
    if (!documents) return;
    const loaded = new Map<string, T>();
    for (const { id, value } of documents.all(name)) {
      const parsed = schema.safeParse(value);
      if (!parsed.success) {
        const message = `"${path}" holds an entry of "${name}" (${id}) that does not fit. It was left as it is: restore a copy, or move it away.`;
        throw new StoreError('STORE_CORRUPT', message, { cause: parsed.error });
      }
      loaded.set(id, parsed.data);
    }
    values = loaded;
    revision += 1;
  }

  try {
    load();
  } catch (error) {
    documents?.close();
    throw error;
  }
  return {
    values: () => {
      if (documents?.changedElsewhere()) load();
      return values;
    },
    write: (put, remove = []) => {
      documents?.write(
        name,
        [...put].map(([id, value]) => ({ id, value })),
        remove,
      );
      for (const [id, value] of put) values.set(id, value);
      for (const id of remove) values.delete(id);
      revision += 1;
    },
    revision: () => revision,
    close: () => documents?.close(),
  };
}
