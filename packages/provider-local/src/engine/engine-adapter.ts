import { type Adapter, errors } from 'oidc-provider';
import type { RefreshGrace } from '../grants/refresh-grace.js';
import { hasEnded } from '../revocation/ended-before.js';
import { noteAccess } from '../revocation/live-access.js';
import type { LocalStore, StoredRecord } from '../store/local-store.js';
import { grantAccess } from './grant-access.js';
import { noteGrantOwner } from './grant-owner.js';
import { replayAdapter } from './replay-adapter.js';

const now = (): number => Math.floor(Date.now() / 1000);

/**
 * What the engine stores, put through our port.
 *
 * The engine looks a record up and then consumes it, so two requests can both get past the look. Here the loser of that race fails:
 * `consume` lets one caller through, ever; only where a refresh token was used and its user never answered, another one may.
 */
export function engineAdapter(
  kind: string,
  store: LocalStore,
  refreshGrace: RefreshGrace | undefined,
): Adapter {
  if (kind === 'ReplayDetection') return replayAdapter(store);

  /** Whether a person was signed out everywhere after this sign-in. */
  async function isOver({ payload }: StoredRecord): Promise<boolean> {
    const { accountId: subject, loginTs } = payload;
    return kind === 'Session' && typeof subject === 'string'
      ? hasEnded(store, { subject }, loginTs)
      : false;
  }

  return {
    async upsert(id, payload, expiresIn) {
      const { consumed: _engineFlag, ...rest } = payload;
      const access = kind === 'Grant' ? grantAccess(payload) : undefined;
      // Before the grant: one that nobody could find could not be ended.
      if (access) await noteAccess(store, id, access, now() + (expiresIn ?? 0));
      await store.write(kind, id, rest, {
        ...(expiresIn ? { expiresAt: now() + expiresIn } : {}),
        // A grant is removed with all that was issued from it.
        ...(kind === 'Grant'
          ? { grantId: id }
          : payload.grantId
            ? { grantId: payload.grantId }
            : {}),
        ...(payload.uid ? { alias: payload.uid } : {}),
      });
    },
    async find(id) {
      const record = await store.read(kind, id);
      if (!record || (await isOver(record))) return undefined;
      if (kind === 'Grant') noteGrantOwner(record.payload.accountId);
      return {
        ...record.payload,
        ...(record.consumedAt === undefined ? {} : { consumed: record.consumedAt }),
      };
    },
    async findByUid(uid) {
      const record = await store.readByAlias(kind, uid);
      return record && !(await isOver(record)) ? { ...record.payload } : undefined;
    },
    // The device flow is switched off.
    findByUserCode: async () => undefined,
    async consume(id) {
      if (await store.consume(kind, id, now())) return;
      if (kind === 'RefreshToken' && (await refreshGrace?.mayAnswer(id))) return;
      throw new errors.InvalidGrant(`${kind} was used by another request at the same time`);
    },
    destroy: (id) => store.remove(kind, id),
    revokeByGrantId: (grantId) => store.removeGrant(grantId),
  };
}
