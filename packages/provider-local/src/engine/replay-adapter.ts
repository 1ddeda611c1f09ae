import { type Adapter, errors, Provider } from 'oidc-provider';
import type { LocalStore } from '../store/local-store.js';

/** Seconds by which a proof may be dated ahead, and the one that it still passes in: it would otherwise outlive its mark. */
const AHEAD = 301;

const assertions = new WeakSet<object>();

/** Notes that the next mark of a request is that of its client assertion: the engine does not say which of its JWTs it asks about. */
export function noteAssertion(ctx: object): void {
  assertions.add(ctx);
}

/**
 * Marks of client assertions and DPoP proofs, by client and `jti`. The engine asks whether one was seen and then notes it; noting is what
 * decides here. An assertion and a proof of one client may have the same `jti`.
 */
export function replayAdapter(store: LocalStore): Adapter {
  return {
    async upsert(id, _payload, expiresIn = 1) {
      const { ctx } = Provider;
      const isAssertion = ctx !== undefined && assertions.delete(ctx);
      const until = Math.floor(Date.now() / 1000) + Math.max(1, expiresIn);
      const first = isAssertion
        ? await store.insertIfAbsent('ReplayDetection', id, until)
        : await store.insertIfAbsent('ReplayDetection', `proof:${id}`, until + AHEAD);
      if (first) return;
      throw isAssertion
        ? new errors.InvalidClientAuth('client assertion was used before')
        : new errors.InvalidDpopProof('DPoP proof was used before');
    },
    find: async () => undefined,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => undefined,
    destroy: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}
