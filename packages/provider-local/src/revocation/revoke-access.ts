import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '@portcullis/core';
import type { IssuerAudit } from '../issuer-audit.js';
import type { Settings } from '../settings.js';
import type { LocalStore } from '../store/local-store.js';
import { endBefore } from './ended-before.js';
import { type AccessHolders, type AccessOf, endAccess } from './live-access.js';
import type { RevocationFeed } from './revocation-feed.js';

/** What {@link revokeAccess} works with. */
export interface AccessRevocation {
  readonly settings: Settings;
  readonly audit: IssuerAudit;
  readonly feed: Pick<RevocationFeed, 'publish'>;
}

/** The life of a session and of the tokens that are compared with it, and as much again for clocks that differ. */
const KEPT_SECONDS = 24 * 3600;

/** Ends the sign-ins of a person in every browser, and nothing that clients were given. */
export function endSignIns(store: LocalStore, subject: string): Promise<void> {
  return endBefore(store, { subject }, KEPT_SECONDS);
}

/** With more people than this, everything that is remembered is forgotten instead of one by one. */
const MOST_PEOPLE = 100;

/**
 * Ends all access of a person, of a client, or of one person to one client: grants with their tokens, remembered consent, of a person the
 * sign-ins too, of a client the tokens it got for itself.
 *
 * @param by - Who wants it: the operator, the person whose access it is, or the upstream provider that signed them in. Default: the
 *   operator.
 * @throws {ConfigurationError} when nobody is named.
 * @throws {ProviderUnavailableError} when the store cannot be asked: repeat it then.
 */
export async function revokeAccess(
  of: AccessOf,
  { settings, audit, feed }: AccessRevocation,
  by: 'operator' | 'person' | 'client' | 'upstream provider' = 'operator',
): Promise<void> {
  const { store } = settings;
  const { subject, clientId }: Partial<AccessHolders> = of;
  if (!subject && !clientId) {
    throw new ConfigurationError([
      {
        option: 'revoke',
        problem: 'names nobody.',
        remedy: 'Give a subject, a clientId, or both.',
      },
    ]);
  }
  // First, so that nobody comes back through a door that is still open.
  if (subject && !clientId) await endSignIns(store, subject);
  if (clientId && !subject) await endBefore(store, { clientId }, KEPT_SECONDS);
  // Else their organisation's old assertion would bring the client back.
  if (subject && clientId && settings.assertions.forPeople) {
    await endBefore(store, { subject, clientId }, KEPT_SECONDS);
  }
  const ended = await endAccess(store, of);

  if (subject) await feed.publish({ kind: 'subject', subject, ...(clientId ? { clientId } : {}) });
  else if (ended.length > MOST_PEOPLE) await feed.publish({ kind: 'keys' });
  else {
    // A client that acts for itself is its own subject (RFC 9068 §2.2).
    for (const holder of [...ended, { subject: String(clientId), clientId: String(clientId) }]) {
      await feed.publish({ kind: 'subject', ...holder });
    }
  }
  // Last: whoever has to repeat this, such as a sign-out upstream, must find the person again.
  if (subject && !clientId) await settings.upstream?.forget(subject);
  await audit.record(randomUUID(), 'token_revoked', {
    ...(subject ? { subject } : {}),
    ...(clientId ? { clientId } : {}),
    detail: `all access, by the ${by}; ${ended.length} held some`,
  });
}
