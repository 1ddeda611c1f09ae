import { type AccessRevocation, revokeAccess } from '../revocation/revoke-access.js';
import { noteRemoval } from './removed-clients.js';
import { REGISTRATION } from './stored-registration.js';

/** @param by - Who wants it, for the audit log. */
export type RemoveRegistration = (
  clientId: string,
  by: 'client' | 'operator',
  requestId: string,
) => Promise<void>;

/**
 * Removes a client that registered itself, with its secret, its token, and all access that people gave it. In this order: what fails
 * half way can be repeated, and nothing new is granted meanwhile.
 */
export function removingRegistrations(tools: AccessRevocation): RemoveRegistration {
  const { store } = tools.settings;
  return async (clientId, by, requestId) => {
    await noteRemoval(store, clientId);
    await revokeAccess({ clientId }, tools, by);
    await store.remove(REGISTRATION, clientId);
    await tools.audit.record(requestId, 'client_removed', {
      clientId,
      detail: `by the ${by}`,
    });
  };
}
