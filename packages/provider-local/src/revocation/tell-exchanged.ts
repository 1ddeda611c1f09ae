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
      await feed.publish(revocation);
      if (revocation.kind !== 'subject' || revocation.clientId === undefined) return;
      for (const clientId of servers) await feed.publish({ ...revocation, clientId });
    },
  };
}
