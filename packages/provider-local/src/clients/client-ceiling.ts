import type { Settings } from '../settings.js';

/**
 * The most a client can have: what the operator wrote down. A client that introduced itself has none, since what it registers or
 * publishes is only what it means to ask for first; step-up may go beyond.
 */
export function ceilingOf(
  clientId: string,
  settings: Pick<Settings, 'clients'>,
): readonly string[] | undefined {
  return settings.clients.get(clientId)?.scopes;
}
