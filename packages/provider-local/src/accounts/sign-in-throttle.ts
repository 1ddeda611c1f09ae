/** Slows down the guessing of passwords, by user name. */
export interface SignInThrottle {
  /**
   * Counts a try before the password is looked at, so that tries sent at once cannot slip through together.
   *
   * @returns Seconds to wait, at least 1, when the try must not be made; it is then not counted.
   */
  begin(username: string): number | undefined;
  /** The password was right: forgets the tries. */
  succeed(username: string): void;
}

/** Settings of {@link createSignInThrottle}. */
export interface SignInThrottleOptions {
  /** Names whose tries are never forgotten to make room. */
  readonly keep: ReadonlySet<string>;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** How many other names are remembered. Default 10,000. */
  readonly limit?: number;
}

/** Tries without any delay. */
const FREE_TRIES = 5;
/** Seconds after the fifth failed try; doubled by each further one. */
const FIRST_DELAY = 5;
/** Seconds; a person locked out by somebody else's guesses gets in again after this long. */
const LONGEST_DELAY = 300;
/** Seconds without a try after which a name starts afresh. */
const FORGET_AFTER = 3600;

/**
 * Five tries, then a delay that doubles from 5 to 300 seconds. Unknown names are counted like known ones, so that
 * the answer does not tell them apart. Counts in this process only.
 *
 * @see O21 §2.4.1, §7.7
 */
export function createSignInThrottle(options: SignInThrottleOptions): SignInThrottle {
  const { keep, now, limit = 10_000 } = options;
  const tries = new Map<string, { count: number; last: number; notBefore: number }>();
  /** How many of `tries` are of names that may be forgotten. */
  let others = 0;

  function forget(username: string): void {
    if (tries.delete(username) && !keep.has(username)) others -= 1;
  }

  return {
    begin(username) {
      const at = now();
      let entry = tries.get(username);
      if (entry && at - entry.last > FORGET_AFTER) {
        forget(username);
        entry = undefined;
      }
      if (entry && at < entry.notBefore) return Math.max(1, Math.ceil(entry.notBefore - at));

      const count = (entry?.count ?? 0) + 1;
      const delay = Math.min(FIRST_DELAY * 2 ** (count - FREE_TRIES), LONGEST_DELAY);
      // Written anew, so that the map stays in the order of the last try.
      forget(username);
      tries.set(username, {
        count,
        last: at,
        notBefore: count < FREE_TRIES ? at : at + delay,
      });
      if (!keep.has(username)) others += 1;
      if (others > limit) {
        for (const name of tries.keys()) {
          if (keep.has(name)) continue;
          forget(name);
          break;
        }
      }
      return undefined;
    },
    succeed: forget,
  };
}
