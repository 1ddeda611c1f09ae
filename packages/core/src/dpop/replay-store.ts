import { ConfigurationError, ProviderUnavailableError } from '../errors.js';

/** Marks of what counts once and was used. Instances that share one refuse what another of them has seen, such as a DPoP proof. */
export interface ReplayStore {
  /**
   * Sets a mark unless it is there, in one step: of many callers at once exactly one is told `true`. Redis: `SET key 1 NX EXAT`.
   *
   * @param key - 64 hexadecimal digits.
   * @param expiresAt - Seconds since the epoch from which the mark may be forgotten: for a proof, ten minutes ahead at most; for a handle, as long as it is good.
   * @param now - Seconds since the epoch, for stores without a clock of their own.
   * @param jkt - Whose it is, such as the thumbprint of the key that a proof is by, for stores that bound what one client may take up.
   * @throws when it cannot be asked: callers are then told 503.
   */
  insertIfAbsent(
    key: string,
    expiresAt: number,
    now: number,
    jkt: string,
  ): boolean | Promise<boolean>;
}

interface Mark {
  readonly expiresAt: number;
  readonly jkt: string;
}

/**
 * A {@link ReplayStore} for one process. No mark is dropped before its time, or a flood of proofs would let an old one in again:
 * while it is full, further proofs are an outage. One key gets a quarter of it at most, so that a client which floods it is alone with that.
 *
 * @param capacity - Marks. Those of proofs are kept for five minutes as a rule: the default is good for 600 proofs a second, 160 by one key.
 * @throws {ConfigurationError} when the capacity is no number of marks.
 */
export function memoryReplayStore(capacity = 200_000): ReplayStore {
  if (!Number.isInteger(capacity) || capacity < 1) {
    const problem = `must be a whole number of marks; got ${String(capacity)}.`;
    const remedy = 'Leave it out for 200,000.';
    throw new ConfigurationError([{ option: 'capacity', problem, remedy }]);
  }
  const share = Math.ceil(capacity / 4);
  const marks = new Map<string, Mark>();
  const heldBy = new Map<string, number>();

  let walkedAt = Number.NEGATIVE_INFINITY;

  function forget(key: string, { jkt }: Mark): void {
    marks.delete(key);
    const left = (heldBy.get(jkt) ?? 0) - 1;
    if (left > 0) heldBy.set(jkt, left);
    else heldBy.delete(jkt);
  }

  /** From the oldest on, as far as they have expired: marks of one lifetime expire in their order. */
  function sweep(now: number): void {
    for (const [key, mark] of marks) {
      if (mark.expiresAt > now) return;
      forget(key, mark);
    }
  }

  /** Those behind a mark that expires late, too. A walk through all, so once a second at most. */
  function sweepAll(now: number): void {
    if (now < walkedAt + 1) return;
    walkedAt = now;
    for (const [key, mark] of marks) if (mark.expiresAt <= now) forget(key, mark);
  }

  const isFull = (jkt: string): boolean =>
    marks.size >= capacity || (heldBy.get(jkt) ?? 0) >= share;

  return {
    insertIfAbsent(key, expiresAt, now, jkt) {
      sweep(now);
      if (marks.has(key)) return false;
      if (isFull(jkt)) sweepAll(now);
      if (isFull(jkt)) throw new ProviderUnavailableError('The store of what was used is full.');
      marks.set(key, { expiresAt, jkt });
      heldBy.set(jkt, (heldBy.get(jkt) ?? 0) + 1);
      return true;
    },
  };
}
