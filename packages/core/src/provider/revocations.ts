import type { Principal } from '../token/principal.js';
import type { AuthProvider, Revocation } from './auth-provider.js';

/** How many revocations are looked back on. A request that takes longer than so many is taken for revoked. */
const LOOK_BACK = 1000;

/** Whether something that was revoked is what a principal came with. Two issuers may well use one name for two people. */
export function isRevokedBy(principal: Principal, revocation: Revocation): boolean {
  const { issuers } = revocation;
  if (issuers !== undefined && !issuers.includes(principal.issuer)) return false;
  switch (revocation.kind) {
    case 'keys':
      return true;
    case 'token':
      return principal.tokenId === revocation.tokenId;
    case 'subject':
      return (
        principal.subject === revocation.subject &&
        (revocation.clientId === undefined || principal.clientId === revocation.clientId)
      );
  }
}

/** Tells those whose token is gone while they are still being served. */
export interface Revocations {
  /** How many there have been. Taken before a token is verified, so that none is missed in between. */
  count(): number;
  /**
   * Calls once, as soon as the principal's token is revoked; at once if it was since the count was taken.
   *
   * @returns What to call when nobody is served any more.
   */
  watch(principal: Principal, since: number, listen: () => void): () => void;
}

/** Listens to a provider, once for all requests. `undefined` where it never tells of a revocation. */
export function revocationsOf(provider: AuthProvider): Revocations | undefined {
  let forgotten = 0;
  const latest: Revocation[] = [];
  const watchers = new Set<(revocation: Revocation) => void>();
  const stop = provider.onRevocation?.((revocation) => {
    latest.push(revocation);
    if (latest.length > LOOK_BACK) {
      latest.shift();
      forgotten += 1;
    }
    for (const watcher of watchers) {
      try {
        watcher(revocation);
      } catch {
        // One answer that cannot be ended must not keep the others open.
      }
    }
  });
  if (stop === undefined) return undefined;

  return {
    count: () => forgotten + latest.length,
    watch(principal, since, listen) {
      const missed = latest.slice(Math.max(0, since - forgotten));
      if (since < forgotten || missed.some((revocation) => isRevokedBy(principal, revocation))) {
        listen();
        return () => {};
      }
      const watcher = (revocation: Revocation) => {
        if (isRevokedBy(principal, revocation) && watchers.delete(watcher)) listen();
      };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
