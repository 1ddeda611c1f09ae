import { type Adapter, errors } from 'oidc-provider';
import type { SingleAnswers } from '../grants/single-answers.js';
import { hasEnded } from '../revocation/ended-before.js';
import { giveAccess } from '../revocation/live-access.js';
import type { LocalStore, StoredRecord } from '../store/local-store.js';
import { grantAccess } from './grant-access.js';
import { noteGrantOwner } from './grant-owner.js';
import { replayAdapter } from './replay-adapter.js';

const now = (): number => Math.floor(Date.now() / 1000);

/** The engine removes these one by one, and then the grant: after half of that, who tries again would find nothing to end. */
const goesWithItsGrant: ReadonlySet<string> = new Set(['RefreshToken', 'Grant']);

/**
 * What the engine stores, put through our port.
 *
 * The engine looks a record up and then consumes it, so two requests can both get past the look. Here the loser of that race fails:
 * `consume` lets one caller through, ever; only where a code or a refresh token was used in vain, the next one may.
 */
export function engineAdapter(
  kind: string,
  store: LocalStore,
  answers: SingleAnswers | undefined,
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
      const write = () =>
        store.write(kind, id, rest, {
          ...(expiresIn ? { expiresAt: now() + expiresIn } : {}),
          // A grant is removed with all that was issued from it.
          ...(kind === 'Grant'
            ? { grantId: id }
            : payload.grantId
              ? { grantId: payload.grantId }
              : {}),
          ...(payload.uid ? { alias: payload.uid } : {}),
        });
      await (access ? giveAccess(store, id, access, now() + (expiresIn ?? 0), write) : write());
    },
    async find(id) {
      const record = await store.read(kind, id);
      if (!record || (await isOver(record))) return undefined;
      if (kind === 'Grant') noteGrantOwner(record.payload.accountId);
      const { payload, consumedAt: consumed } = record;
      if (consumed === undefined) return { ...payload };
      // Before its other checks the engine asks no more of a code.
      const inVain =
        kind === 'AuthorizationCode' && !((await answers?.codeRedemption.isAnswered(id)) ?? true);
      return { ...payload, ...(inVain ? {} : { consumed }) };
    },
    async findByUid(uid) {
      const record = await store.readByAlias(kind, uid);
      return record && !(await isOver(record)) ? { ...record.payload } : undefined;
    },
    // The device flow is switched off.
    findByUserCode: async () => undefined,
    async consume(id) {
      if (await store.consume(kind, id, now())) return;
      if (kind === 'RefreshToken' && (await answers?.refreshGrace.mayAnswer(id))) return;
      if (kind === 'AuthorizationCode' && (await answers?.codeRedemption.mayAnswer(id))) return;
      throw new errors.InvalidGrant(`${kind} was used by another request at the same time`);
    },
    destroy: async (id) => {
      if (!goesWithItsGrant.has(kind)) await store.remove(kind, id);
    },
    // Asked of each kind in turn: once is enough, and leaves nothing half done.
    revokeByGrantId: async (grantId) => {
      if (kind === 'AccessToken') await store.removeGrant(grantId);
    },
  };
}
