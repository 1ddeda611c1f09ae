import type { LocalStore } from '../store/local-store.js';

const KIND = 'RemovedClient';
/** Far longer than any request runs, and than another instance takes to hear of it. */
const KEPT_SECONDS = 24 * 3600;

/**
 * Notes that a client is being removed, before its access is ended: whatever a request that is still running, or an instance that has
 * not heard of it, then stores for the client is taken back by whoever stored it.
 */
export function noteRemoval(store: LocalStore, clientId: string): Promise<void> {
  const expiresAt = Math.floor(Date.now() / 1000) + KEPT_SECONDS;
  return store.write(KIND, clientId, {}, { expiresAt });
}

/** Whether a client was removed lately. To be asked after something was stored for it. */
export async function wasRemoved(store: LocalStore, clientId: string): Promise<boolean> {
  return (await store.read(KIND, clientId)) !== undefined;
}

/** For a client that is set up again. */
export function forgetRemoval(store: LocalStore, clientId: string): Promise<void> {
  return store.remove(KIND, clientId);
}
