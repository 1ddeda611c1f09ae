import { type Client, errors } from 'oidc-provider';
import type { Engine } from '../engine/engine.js';

/**
 * The client that a page is about, if it can still be told: its document may have gone since the page before.
 *
 * @throws what nobody could answer for.
 */
export async function findClient(
  { provider }: Engine,
  clientId: string,
): Promise<Client | undefined> {
  try {
    return await provider.Client.find(clientId);
  } catch (error) {
    if (error instanceof errors.OIDCProviderError) return undefined;
    throw error;
  }
}
