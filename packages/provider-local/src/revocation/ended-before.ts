import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalStore } from '../store/local-store.js';

/** Of whom everything up to a moment has ended: a person's sign-ins, the tokens that a client got for itself, what is between the two. */
export type EndedOf =
  | { readonly subject: string; readonly clientId?: never }
  | { readonly clientId: string; readonly subject?: never }
  | { readonly subject: string; readonly clientId: string };

const KIND = 'EndedBefore';

const idOf = ({ subject, clientId }: EndedOf): string => JSON.stringify({ subject, clientId });

/**
 * Ends what began before this resolves. That takes until the next second begins: what it is compared with is counted in whole ones, and
 * who comes back right afterwards must not be taken for who was there before.
 */
export async function endBefore(
  store: LocalStore,
  of: EndedOf,
  keptSeconds: number,
): Promise<void> {
  const at = Math.floor(Date.now() / 1000);
  await store.write(KIND, idOf(of), { at }, { expiresAt: at + keptSeconds });
  await sleep(1010 - (Date.now() % 1000));
}

/** Whether something has ended that began at a moment, in seconds since the epoch. What names none began too early. */
export async function hasEnded(store: LocalStore, of: EndedOf, began: unknown): Promise<boolean> {
  const at = (await store.read(KIND, idOf(of)))?.payload.at;
  return typeof at === 'number' && !(typeof began === 'number' && began > at);
}
