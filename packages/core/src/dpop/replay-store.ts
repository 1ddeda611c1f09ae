import { ConfigurationError, ProviderUnavailableError } from '../errors.js';

/** Marks of proofs that were used. Instances that share one refuse a proof that another of them has seen. */
export interface ReplayStore {
  /**
   * Sets a mark unless it is there, in one step: of many callers at once exactly one is told `true`. Redis: `SET key 1 NX EXAT`.
   *
   * @param key - 64 hexadecimal digits.
   * @param expiresAt - Seconds since the epoch from which the mark may be forgotten; ten minutes ahead at most.
   * @param now - Seconds since the epoch, for stores without a clock of their own.
   * @throws when it cannot be asked: callers are then told 503.
   */
  insertIfAbsent(key: string, expiresAt: number, now: number): boolean | Promise<boolean>;
}

/**
 * A {@link ReplayStore} for one process. No mark is dropped before its time, or a flood of proofs would let an old one in again:
 * while it is full, further proofs are an outage.
 *
 * @param capacity - Marks, each kept for five minutes as a rule: the default is good for 600 proofs a second.
 * @throws {ConfigurationError} when the capacity is no number of marks.
 */
export function memoryReplayStore(capacity = 200_000): ReplayStore {
  if (!Number.isInteger(capacity) || capacity < 1) {
    const problem = `must be a whole number of marks; got ${String(capacity)}.`;
    const remedy = 'Leave it out for 200,000.';
    throw new ConfigurationError([{ option: 'capacity', problem, remedy }]);
  }
  const marks = new Map<string, number>();

  /** From the oldest on. One that expires late keeps those behind it as long: still bounded, without a walk through all. */
  function sweep(now: number): void {
    for (const [key, expiresAt] of marks) {
      if (expiresAt > now) return;
      marks.delete(key);
    }
  }

  return {
    insertIfAbsent(key, expiresAt, now) {
      sweep(now);
      if (marks.has(key)) return false;
      if (marks.size >= capacity) {
        throw new ProviderUnavailableError('The store of used proofs is full.');
      }
      marks.set(key, expiresAt);
      return true;
    },
  };
}
