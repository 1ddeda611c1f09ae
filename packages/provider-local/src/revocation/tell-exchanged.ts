import type { Revocation } from '@portcullis/core';
import type { Settings } from '../settings.js';
import type { RevocationFeed } from './revocation-feed.js';

/**
 * Tells of exchanged tokens too: one that a server got on behalf of a person names that server as its client, and has ended with what the
 * person gave to the client in front. Where such a server itself has lost all access, nobody knows on whose behalf it held some: then
 * whatever is remembered is open again.
 */
export function tellingExchanged(
  feed: RevocationFeed,
  { resources }: Pick<Settings, 'resources'>,
): RevocationFeed {
  const servers = resources.flatMap(({ server }) => (server?.exchange ? [server.clientId] : []));
  const besides = (revocation: Revocation): readonly Revocation[] => {
    if (revocation.kind !== 'subject') return [];
    if (servers.includes(revocation.subject)) return [{ kind: 'keys' }];
    if (revocation.clientId === undefined) return [];
    return servers.map((clientId) => ({ ...revocation, clientId }));
  };
  return {
    ...feed,
    async publish(revocation) {
      const also = besides(revocation);
      // Each of them is told here, and kept for later where the store is away.
      const told = await Promise.allSettled([revocation, ...also].map(feed.publish));
      for (const one of told) if (one.status === 'rejected') throw one.reason;
    },
  };
}
