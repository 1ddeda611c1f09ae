/** Slows down the guessing of one password. */
export interface GuessBrake {
  /** Seconds until a guess is looked at, rounded up; 0 for at once. */
  wait(who: Guesser): number;
  /** Counts a guess that was wrong. */
  wrong(who: Guesser): void;
}

/** Whom a guess is counted for. */
interface Guesser {
  /** The address of the connection, or something that the browser has from an earlier sign-in. */
  readonly key: string;
  /** Whether the right password came from there before: then nobody else's guesses count. */
  readonly isKnown: boolean;
}

/** `tries` at once, and one more each `everyMs`. */
interface Budget {
  readonly tries: number;
  readonly everyMs: number;
}

const OF_ONE: Budget = { tries: 5, everyMs: 30_000 };
const OF_ALL_STRANGERS: Budget = { tries: 50, everyMs: 3000 };
/** Under this key, which is no address, all strangers count together. */
const STRANGERS = 'strangers';
/** Keys that are remembered. */
const MAX_KEYS = 10_000;

/**
 * Five wrong guesses for each address, then one in 30 seconds; fifty for all addresses together, then one in 3 seconds.
 *
 * Does NOT tell people behind one address apart, such as all who come through a reverse proxy, and does not stop many addresses from keeping a
 * browser waiting that never signed in. Who did has a budget of its own.
 *
 * @param clock - Milliseconds since the epoch.
 */
export function guessBrake(clock: () => number): GuessBrake {
  /** When each budget is full again: the generic cell rate algorithm. */
  const fullAt = new Map<string, number>();
  const waitOf = (key: string, { tries, everyMs }: Budget) =>
    (fullAt.get(key) ?? 0) - clock() - (tries - 1) * everyMs;

  function count(key: string, { everyMs }: Budget): void {
    const full = Math.max(fullAt.get(key) ?? 0, clock()) + everyMs;
    // Written anew, so that the oldest come first.
    fullAt.delete(key);
    fullAt.set(key, full);
    const [oldest] = fullAt.keys();
    if (fullAt.size > MAX_KEYS && oldest !== undefined) fullAt.delete(oldest);
  }

  return {
    wait({ key, isKnown }) {
      const own = waitOf(key, OF_ONE);
      const wait = isKnown ? own : Math.max(own, waitOf(STRANGERS, OF_ALL_STRANGERS));
      return Math.max(0, Math.ceil(wait / 1000));
    },
    wrong({ key, isKnown }) {
      count(key, OF_ONE);
      if (!isKnown) count(STRANGERS, OF_ALL_STRANGERS);
    },
  };
}

/** An address as far as one subscriber has it: all of IPv4, the first half of IPv6 (RFC 6177). */
export function subscriberOf(address = ''): string {
  const [, ipv4] = /^(?:::ffff:)?([\d.]+)$/i.exec(address) ?? [];
  if (ipv4 !== undefined) return ipv4;
  const [front = '', back] = address.split('::').map((part) => part.split(':'));
  const zeros = Array<string>(Math.max(0, 8 - front.length - (back?.length ?? 0))).fill('0');
  return [...front, ...(back ? zeros : [])].slice(0, 4).join(':');
}
