import type { LocalStore, StoredRecord } from './local-store.js';

/**
 * Inserts a record where there is none, and looks for it where the answer of the store is lost: the connection may have broken after
 * the fact.
 *
 * @param payload - Unlike that of anybody else.
 * @returns Whether the record is the one of this caller.
 */
export async function insertFirst(
  store: LocalStore,
  kind: string,
  id: string,
  expiresAt: number,
  payload: StoredRecord['payload'],
): Promise<boolean> {
  try {
    return await store.insertIfAbsent(kind, id, expiresAt, payload);
  } catch (error) {
    const found = await store.read(kind, id).catch(() => undefined);
    if (JSON.stringify(found?.payload) === JSON.stringify(payload)) return true;
    throw error;
  }
}
