import { type Adapter, errors, Provider } from 'oidc-provider';
import { SELF_REGISTERED_PREFIX } from '../clients/client-kind.js';
import { wasRemoved } from '../clients/removed-clients.js';
import {
  changeRegistration,
  keepRegistration,
  noteChange,
  REGISTRATION,
  withMetadata,
} from '../clients/stored-registration.js';
import type { Settings } from '../settings.js';
import { registrationTokens } from './registration-tokens.js';

const DAY = 86_400;

/**
 * Lets a client that registered itself expire unless somebody allows it something in time; from then on it stays, until it is removed.
 * Many clients register anew at each try, and anybody can (AS-47). Neither a change of its metadata nor a grant brings back a client
 * that was removed meanwhile.
 *
 * @param kind - Of the engine's records. All but clients, their tokens and grants are left alone.
 */
export function expiringRegistrations(
  kind: string,
  adapter: Adapter,
  { store, unusedRegistrationDays }: Pick<Settings, 'store' | 'unusedRegistrationDays'>,
): Adapter {
  switch (kind) {
    case REGISTRATION:
      return {
        ...adapter,
        async upsert(id, payload) {
          const isChange = Provider.ctx?.method === 'PUT';
          if (isChange) await noteChange(store, id, { ...payload });
          if (await changeRegistration(store, id, (old) => withMetadata(old, { ...payload }))) {
            return;
          }
          if (isChange) throw new errors.InvalidToken('the client was removed meanwhile');
          const expiresAt = Math.floor(Date.now() / 1000) + unusedRegistrationDays * DAY;
          await store.write(REGISTRATION, id, { ...payload }, { expiresAt });
        },
      };
    case 'RegistrationAccessToken':
      return registrationTokens(store);
    case 'Grant':
      return {
        ...adapter,
        async upsert(id, payload, expiresIn) {
          const { clientId = '' } = payload;
          // Before the grant: one whose client is gone would be of no use.
          if (clientId.startsWith(SELF_REGISTERED_PREFIX)) await keep(clientId);
          await adapter.upsert(id, payload, expiresIn);
          if (!(await wasRemoved(store, clientId))) return;
          await store.removeGrant(id);
          throw new errors.InvalidClient('the client was removed meanwhile');
        },
      };
    default:
      return adapter;
  }

  async function keep(id: string): Promise<void> {
    await keepRegistration(store, id);
    // In this order: who removes it meanwhile has noted that before.
    if (await wasRemoved(store, id)) await store.remove(REGISTRATION, id);
  }
}
