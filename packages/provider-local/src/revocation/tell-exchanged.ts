import type { Settings } from '../settings.js';
import type { RevocationFeed } from './revocation-feed.js';

/**
 * Tells of exchanged tokens too: one that a server got on behalf of a person names that server as its client, and has ended with what the
 * person gave to the client in front.
 */
export function tellingExchanged(
  feed: RevocationFeed,
  { resources }: Pick<Settings, 'resources'>,
): RevocationFeed {
  const servers = resources.flatMap(({ server }) => (server?.exchange ? [server.clientId] : []));
  return {
    ...feed,
    async publish(revocation) {
      const also =
        revocation.kind === 'subject' && revocation.clientId !== undefined
          ? servers.map((clientId) => ({ ...revocation, clientId }))
          : [];
      // Each of them is told here, and kept for later where the store is away.
      const told = await Promise.allSettled([revocation, ...also].map(feed.publish));
      for (const one of told) if (one.status === 'rejected') throw one.reason;
    },
  };
}
