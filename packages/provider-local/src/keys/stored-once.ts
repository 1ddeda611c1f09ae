import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderUnavailableError } from '@portcullis/core';
import type { LocalStore, StoredRecord } from '../store/local-store.js';

/** Seconds that one process may take to make a secret before another one may try. */
const LEASE_SECONDS = 10;

/**
 * A secret that all processes on one store share: made by whoever comes first, read by everybody else.
 *
 * @throws {ProviderUnavailableError} when another process holds the lease and never finishes.
 */
export async function storedOnce(
  store: LocalStore,
  name: string,
  make: () => Promise<StoredRecord['payload']>,
): Promise<StoredRecord['payload']> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const found = await store.read('Key', name);
    if (found) return found.payload;
    const lease = Math.floor(Date.now() / 1000) + LEASE_SECONDS;
    if (await store.insertIfAbsent('KeyLease', name, lease)) {
      const made = await make();
      await store.write('Key', name, made);
      return made;
    }
    await sleep(LEASE_SECONDS * 15);
  }
  throw new ProviderUnavailableError('Another process is making the keys and does not finish.');
}
