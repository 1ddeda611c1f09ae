import type { Adapter } from 'oidc-provider';
import { SELF_REGISTERED_PREFIX } from '../clients/client-kind.js';
import type { Settings } from '../settings.js';

/** In the record of a client: somebody has allowed it something. No client can register it, since it is none of RFC 7591. */
const IN_USE = 'in_use';
const DAY = 86_400;

/**
 * Lets a client that registered itself expire unless somebody allows it something in time; from then on it stays. Many clients
 * register anew at each try, and anybody can (AS-47).
 *
 * @param kind - Of the engine's records. All but clients and grants are left alone.
 */
export function expiringRegistrations(
  kind: string,
  adapter: Adapter,
  { store, unusedRegistrationDays }: Pick<Settings, 'store' | 'unusedRegistrationDays'>,
): Adapter {
  if (kind === 'Client') {
    return {
      ...adapter,
      async upsert(id, payload) {
        const found = await store.read('Client', id);
        if (found?.payload[IN_USE]) return keep(id, { ...payload });
        const expiresAt = Math.floor(Date.now() / 1000) + unusedRegistrationDays * DAY;
        await store.write('Client', id, { ...payload }, { expiresAt });
      },
    };
  }
  if (kind !== 'Grant') return adapter;
  return {
    ...adapter,
    async upsert(id, payload, expiresIn) {
      const { clientId = '' } = payload;
      const found = clientId.startsWith(SELF_REGISTERED_PREFIX)
        ? await store.read('Client', clientId)
        : undefined;
      // Before the grant: one whose client is gone would be of no use.
      if (found && !found.payload[IN_USE]) await keep(clientId, found.payload);
      await adapter.upsert(id, payload, expiresIn);
    },
  };

  function keep(id: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
    return store.write('Client', id, { ...payload, [IN_USE]: true });
  }
}
