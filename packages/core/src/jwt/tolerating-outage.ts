import { AuthError } from '../errors.js';
import type { KeySnapshotStore } from './key-snapshot.js';

/**
 * Runs a check of the issuer at start-up, which an outage fails unless keys are kept over a restart: they are there so that a server starts
 * without its issuer.
 *
 * @throws whatever the check throws, save for an outage that the snapshot makes bearable.
 */
export async function toleratingOutage(
  snapshot: KeySnapshotStore | undefined,
  check: () => Promise<void>,
): Promise<void> {
  try {
    await check();
  } catch (error) {
    const outage = AuthError.isInstance(error) && error.code === 'PROVIDER_UNAVAILABLE';
    if (snapshot === undefined || !outage) throw error;
  }
}
