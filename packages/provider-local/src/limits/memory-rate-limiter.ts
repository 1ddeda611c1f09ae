import type { RateBudget, RateLimiter } from './rate-limiter.js';

/** Settings of {@link memoryRateLimiter}. */
export interface MemoryRateLimiterOptions {
  /** Seconds, from any beginning. Default: a clock of this machine that nobody can set. */
  readonly now?: () => number;
  /** How many keys each budget remembers by themselves. Default 10,000. */
  readonly keys?: number;
}

/** How many old keys a new one may make us look at. */
const LOOKS = 16;

/** What keys share for which there is no room. Keys are evenly spread, so these are 4,096 at most. */
const crowdOf = (key: string): string => `\0${key.slice(0, 2)}`;

/**
 * Counts in the memory of this process, by the generic cell rate algorithm: of each key it remembers one time, the one at which its
 * budget is full again. A key whose budget is full is forgotten without loss. Where all are in use, new keys share a budget with those
 * that begin alike: a flood of them makes nobody forgotten, and has to be as large again to keep newcomers out.
 *
 * @see ITU-T I.371 §A
 */
export function memoryRateLimiter(options: MemoryRateLimiterOptions = {}): RateLimiter {
  const { now = () => performance.now() / 1000, keys: limit = 10_000 } = options;
  const budgets = new Map<string, Map<string, number>>();

  function fullAt(name: string): Map<string, number> {
    const found = budgets.get(name) ?? new Map<string, number>();
    budgets.set(name, found);
    return found;
  }

  /** The key itself where it is known or there is room for it, made where possible. */
  function slotOf(times: Map<string, number>, key: string): string {
    if (times.has(key) || times.size < limit) return key;
    let looks = 0;
    for (const [old, full] of times) {
      times.delete(old);
      // Behind all others, so that a few which are in use for long do not hide the rest.
      if (full > now()) times.set(old, full);
      looks += 1;
      if (looks === LOOKS) break;
    }
    return times.size < limit ? key : crowdOf(key);
  }

  return {
    async take(name, key, { requests, seconds }: RateBudget) {
      const times = fullAt(name);
      const slot = slotOf(times, key);
      const full = Math.max(times.get(slot) ?? 0, now()) + seconds / requests;
      const wait = full - now() - seconds;
      // A millionth of a second: what adding up fractions may be off by.
      if (wait > 1e-6) return Math.max(1, Math.ceil(wait));
      // Written anew, so that the oldest come first.
      times.delete(slot);
      times.set(slot, full);
      return undefined;
    },
    async giveBack(name, key, { requests, seconds }) {
      const times = fullAt(name);
      const slot = times.has(key) ? key : crowdOf(key);
      const full = times.get(slot);
      if (full !== undefined) times.set(slot, full - seconds / requests);
    },
  };
}
