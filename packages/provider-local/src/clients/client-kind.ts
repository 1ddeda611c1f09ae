import type { ClientTrust } from '../pages/views.js';

/** How a client came to be known, read off its id alone: nothing that a client says about itself counts. */
export type ClientKind = ClientTrust['kind'];

/** What ids of self-registered clients start with, so that they meet neither an operator's names nor subjects. */
export const SELF_REGISTERED_PREFIX = 'dcr_';

/** Whether an id is one that only the operator gives. */
export function isOperators(clientId: string): boolean {
  return !/^https:/i.test(clientId) && !clientId.startsWith(SELF_REGISTERED_PREFIX);
}

/** Tells the three kinds apart. */
export function clientKind(clientId: string, registered: ReadonlyMap<string, unknown>): ClientKind {
  if (registered.has(clientId)) return 'registered';
  return /^https:/i.test(clientId) ? 'document' : 'self_registered';
}

/** What the consent page may say about where a client comes from. */
export function clientTrust(
  clientId: string,
  registered: ReadonlyMap<string, unknown>,
): ClientTrust {
  const kind = clientKind(clientId, registered);
  return kind === 'document' ? { kind, host: new URL(clientId).host } : { kind };
}
