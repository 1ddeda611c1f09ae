import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who has signed in to the viewer. In memory: a restart signs everybody out. */
export interface AdminSessions {
  /**
   * Signs in with the administrator's password.
   *
   * @param before - A session of the same browser, which ends.
   * @returns A session for a cookie, unless the password is wrong.
   */
  open(password: string, before?: string): string | undefined;
  /** Whether a session is open. Using it keeps it open, for 12 hours at most. */
  isOpen(session: string | undefined): boolean;
  /** Whether it was open once: the right password came from that browser. */
  isKnown(session: string | undefined): session is string;
  close(session: string | undefined): void;
}

/** A session ends when nobody used it for so many milliseconds. */
const IDLE_MS = 30 * 60_000;
/** And after so many in any case. */
const LONGEST_MS = 12 * 60 * 60_000;
/** Sessions of one administrator, those included that are over. */
const MAX_SESSIONS = 50;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @param clock - Milliseconds since the epoch. */
export function adminSessions(password: string, clock: () => number): AdminSessions {
  const expected = digest(password);
  /** When each ends, by hash, so that the memory holds no cookie. */
  const sessions = new Map<string, { readonly latest: number; readonly idle: number }>();
  const idOf = (session: string) => digest(session).toString('hex');

  return {
    open(given, before) {
      if (!timingSafeEqual(digest(given), expected)) return undefined;
      if (before !== undefined) sessions.delete(idOf(before));
      const session = randomBytes(32).toString('base64url');
      const [oldest] = sessions.keys();
      if (sessions.size >= MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      const now = clock();
      sessions.set(idOf(session), { latest: now + LONGEST_MS, idle: now + IDLE_MS });
      return session;
    },
    isOpen(session) {
      if (session === undefined) return false;
      const found = sessions.get(idOf(session));
      const now = clock();
      if (found === undefined || now >= Math.min(found.latest, found.idle)) return false;
      sessions.set(idOf(session), { ...found, idle: now + IDLE_MS });
      return true;
    },
    isKnown: (session): session is string => session !== undefined && sessions.has(idOf(session)),
    close(session) {
      if (session === undefined || !sessions.has(idOf(session))) return;
      sessions.set(idOf(session), { latest: 0, idle: 0 });
    },
  };
}
