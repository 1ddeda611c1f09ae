import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who has signed in to the viewer. In memory: a restart signs everybody out. */
export interface AdminSessions {
  /**
   * Signs in with the administrator's password.
   *
   * @returns A session for a cookie; `wrong`; or `wait` while too many guesses were wrong.
   */
  open(password: string): { readonly session: string } | 'wrong' | 'wait';
  /** Whether a session is open. Using it keeps it open. */
  isOpen(session: string | undefined): boolean;
  close(session: string | undefined): void;
}

/** A session that nobody uses ends after so many milliseconds. */
const IDLE_MS = 30 * 60_000;
/** Wrong guesses that are free; afterwards one in a while is looked at, whoever makes it. */
const FREE_GUESSES = 5;
const WAIT_MS = 30_000;
/** Sessions of one administrator. */
const MAX_SESSIONS = 20;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @param clock - Milliseconds since the epoch. Default `Date.now`. */
export function adminSessions(password: string, clock: () => number = Date.now): AdminSessions {
  const expected = digest(password);
  /** By hash, so that the memory holds no cookie. */
  const sessions = new Map<string, number>();
  let wrong = 0;
  let notBefore = 0;
  const idOf = (session: string) => digest(session).toString('hex');

  return {
    open(given) {
      if (clock() < notBefore) return 'wait';
      if (!timingSafeEqual(digest(given), expected)) {
        wrong += 1;
        if (wrong >= FREE_GUESSES) notBefore = clock() + WAIT_MS;
        return 'wrong';
      }
      wrong = 0;
      const session = randomBytes(32).toString('base64url');
      const [oldest] = sessions.keys();
      if (sessions.size >= MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      sessions.set(idOf(session), clock() + IDLE_MS);
      return { session };
    },
    isOpen(session) {
      if (session === undefined) return false;
      const id = idOf(session);
      const until = sessions.get(id);
      if (until === undefined || clock() >= until) {
        sessions.delete(id);
        return false;
      }
      sessions.set(id, clock() + IDLE_MS);
      return true;
    },
    close(session) {
      if (session !== undefined) sessions.delete(idOf(session));
    },
  };
}
