/** What is counted: whoever calls, and what. */
export interface CountedCall {
  /** Issuer, kind of actor, subject and client of the principal, unambiguous. Never the token: a refresh starts no new count. */
  readonly owner: string;
  /** Such as `tools/call`. All notifications are `notifications`. */
  readonly method: string;
  /**
   * Of the tool or prompt; for resources, whose names are without number, the URI template of an entry that sets a rate. Absent where all
   * that a method is about is counted together.
   */
  readonly name?: string;
  /** What the policy's own entry sets, where it does. */
  readonly perMinute?: number;
}

/** Whether one more call may pass. */
export type CallVerdict =
  | { readonly allowed: true }
  /** @property retryAfterSeconds - After which one more would pass. */
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Counts calls. One for several instances of a server keeps its counts where all of them look. */
export interface CallLimiter {
  /**
   * Counts one call, atomically, and says whether it may pass.
   *
   * @param now - Milliseconds since the epoch.
   * @throws anything when it cannot count: calls are then answered 503. So they are when it takes longer than two seconds.
   */
  take(call: CountedCall, now: number): CallVerdict | Promise<CallVerdict>;
}

const MINUTE = 60_000;
/** For what adding fractions loses. */
const SLACK = 0.5;
const PASS: CallVerdict = { allowed: true };

/**
 * Counts in memory: as many calls at once as fit a minute, and from then on one for each part of it. Holds one number for each principal
 * and tool that called within the last minute.
 *
 * @param perMinute - For calls whose entry does not say.
 * @param capacity - How many are counted at a time; beyond it, those who called least lately start anew. Default 10,000.
 * @see "generic cell rate algorithm", ITU-T I.371
 */
export function memoryCallLimiter(perMinute: number, capacity = 10_000): CallLimiter {
  /** When each would have spent all that it took at an even pace: in the order of the last calls. */
  const spentUntil = new Map<string, number>();

  /** The oldest first, as far as it says nothing any more. */
  function forget(now: number): void {
    for (const [key, until] of spentUntil) {
      if (until > now && spentUntil.size < capacity) return;
      spentUntil.delete(key);
    }
  }

  return {
    take({ owner, method, name = '', perMinute: own = perMinute }, now) {
      const key = `${owner} ${method} ${name}`;
      const known = spentUntil.get(key) ?? now;
      // Further ahead than anybody can get: the clock was set back, and nobody is to wait for that.
      const spent = known > now + MINUTE + SLACK ? now : Math.max(known, now);
      const until = spent + MINUTE / own;
      if (until > now + MINUTE + SLACK) {
        return { allowed: false, retryAfterSeconds: (until - now - MINUTE) / 1000 };
      }
      spentUntil.delete(key);
      if (spentUntil.size >= capacity / 2) forget(now);
      spentUntil.set(key, until);
      return PASS;
    },
  };
}
