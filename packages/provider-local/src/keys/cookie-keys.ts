import { randomBytes } from 'node:crypto';
import type { LocalStore } from '../store/local-store.js';
import { storedOnce } from './stored-once.js';

/** Loads the keys that cookies are signed with, or makes the first one. The first signs, all of them verify. */
export async function loadCookieKeys(store: LocalStore): Promise<readonly string[]> {
  const { keys } = await storedOnce(store, 'cookies', async () => ({
    keys: [randomBytes(32).toString('base64url')],
  }));
  return keys as readonly string[];
}
