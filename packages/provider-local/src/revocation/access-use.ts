import type { LocalStore } from '../store/local-store.js';
import type { AccessHolders } from './live-access.js';

const KIND = 'AccessUse';
/** As long as a grant lasts, and a day. */
const KEPT_SECONDS = 31 * 86_400;

/** Notes that a client has just got tokens from a person's grant. Gone with that grant. */
export async function noteUse(
  store: LocalStore,
  grantId: string,
  { subject, clientId }: AccessHolders,
): Promise<void> {
  const at = Math.floor(Date.now() / 1000);
  await store.write(
    KIND,
    JSON.stringify([subject, clientId]),
    { clientId, at },
    { grantId, alias: subject, expiresAt: at + KEPT_SECONDS },
  );
}

/** When clients last got tokens from a person, in seconds since the epoch, by client id. */
export async function lastUses(
  store: LocalStore,
  subject: string,
  limit: number,
): Promise<ReadonlyMap<string, number>> {
  const records = await store.listByAlias(KIND, subject, limit);
  return new Map(records.map(({ payload }) => [String(payload.clientId), Number(payload.at)]));
}
