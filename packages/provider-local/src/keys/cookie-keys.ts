import { randomBytes, randomUUID } from 'node:crypto';
import type { RingKey } from './key-ring.js';

/** Makes a key that cookies are signed with: 256 random bits. */
export async function makeCookieKey(): Promise<Pick<RingKey<string>, 'id' | 'material'>> {
  return { id: randomUUID(), material: randomBytes(32).toString('base64url') };
}
