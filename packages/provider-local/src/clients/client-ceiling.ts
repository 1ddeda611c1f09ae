import type { Settings } from '../settings.js';
import { isOperators } from './client-kind.js';

/**
 * The most a client can have: what the operator wrote down. A client that introduced itself has none, since what it registers or
 * publishes is only what it means to ask for first; step-up may go beyond.
 */
export function ceilingOf(
  clientId: string,
  settings: Pick<Settings, 'clients'>,
): readonly string[] | undefined {
  const { scopes } = settings.clients.get(clientId) ?? {};
  // Removed while a request of it runs: nothing is left, which is not the same as no ceiling.
  return scopes ?? (isOperators(clientId) ? [] : undefined);
}
