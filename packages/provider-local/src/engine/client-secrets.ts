import { createHash, timingSafeEqual } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import type { RegisteredClient } from '../clients/registered-client.js';

/**
 * Lets clients of the operator use the secret before the current one for as long as it was said. Takes the same time whichever
 * secret fits, and however much of it.
 */
export function acceptPreviousSecrets(
  { Client: client }: Provider,
  clients: ReadonlyMap<string, RegisteredClient>,
): void {
  client.prototype.compareClientSecret = function compareClientSecret(presented) {
    const accepted = [this.clientSecret ?? '', previousOf(clients.get(this.clientId)) ?? ''];
    const matches = accepted.map((secret) => isSame(secret, presented));
    return matches.includes(true) && presented !== '';
  };
}

function previousOf(client: RegisteredClient | undefined): string | undefined {
  const { previous = undefined } =
    client && 'secret' in client.authentication ? client.authentication : {};
  return previous && Date.parse(previous.until) > Date.now() ? previous.secret : undefined;
}

/** Digests have one length, so that the lengths of secrets do not show either. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
