import { type Adapter, errors, Provider } from 'oidc-provider';
import { SELF_REGISTERED_PREFIX } from '../clients/client-kind.js';
import { changeRegistration, managedBy, readManaged } from '../clients/stored-registration.js';
import type { LocalStore } from '../store/local-store.js';

/**
 * Registration access tokens (RFC 7592 §3), kept as a hash in the record of the client that they manage. So a token ends with its
 * client, whatever ends that, and is none for another one.
 *
 * It never changes: a client whose answer got lost would be locked out of its registration for good.
 */
export function registrationTokens(store: LocalStore): Adapter {
  return {
    async upsert(token, { clientId = '' }) {
      if (await changeRegistration(store, clientId, (client) => managedBy(client, token))) return;
      throw new errors.InvalidToken('the client was removed meanwhile');
    },
    async find(token) {
      const clientId = clientOfRequest();
      if (clientId === undefined || !(await readManaged(store, clientId, token))) return undefined;
      return { kind: 'RegistrationAccessToken', jti: token, clientId };
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => undefined,
    // Removed with the client, and before that with nothing: an attempt at another client must not end it.
    destroy: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}

/** Whose registration the engine's request is about: the end of its path. */
function clientOfRequest(): string | undefined {
  const id = Provider.ctx?.path.split('/').at(-1) ?? '';
  return id.startsWith(SELF_REGISTERED_PREFIX) ? id : undefined;
}
