import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, Provider } from 'oidc-provider';
import type { KnownClient } from '../clients/registered-client.js';

/**
 * Judges secrets: each client has one way to send them, which the engine does not insist on, and those of the operator may use the
 * secret before the current one for as long as it was said. Takes the same time whichever secret fits, and however much of it.
 */
export function judgeClientSecrets(
  { Client: client }: Provider,
  clients: ReadonlyMap<string, KnownClient>,
): void {
  client.prototype.compareClientSecret = function compareClientSecret(presented) {
    const accepted = [this.clientSecret ?? '', previousOf(clients.get(this.clientId)) ?? ''];
    const matches = accepted.map((secret) => isSame(secret, presented));
    if (!matches.includes(true) || presented === '') return false;
    const [method, used] = [this.clientAuthMethod, methodInUse()];
    if (method === used) return true;
    // Told to the operator only: SDKs that were given an id and a secret choose the way themselves.
    throw new errors.InvalidClientAuth(`the secret came as ${used}, not as ${method}`);
  };
}

/** How the request at hand sends a secret. */
function methodInUse(): 'client_secret_basic' | 'client_secret_post' {
  return Provider.ctx?.get('authorization') ? 'client_secret_basic' : 'client_secret_post';
}

function previousOf(client: KnownClient | undefined): string | undefined {
  const { previous = undefined } =
    client && 'secret' in client.authentication ? client.authentication : {};
  return previous && Date.parse(previous.until) > Date.now() ? previous.secret : undefined;
}

/** Digests have one length, so that the lengths of secrets do not show either. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
