import type { Settings } from '../settings.js';

/** Seconds for which somebody stays signed in in a browser. */
export const SESSION_SECONDS: number = 12 * 3600;

interface CookieAttributes {
  readonly httpOnly: true;
  readonly sameSite: 'lax';
  readonly secure: boolean;
  readonly signed: true;
  readonly overwrite: true;
}

/** The attributes of the engine's cookies. */
export function sessionCookie({ secure }: Pick<Settings, 'secure'>): CookieAttributes {
  return { httpOnly: true, sameSite: 'lax', secure, signed: true, overwrite: true };
}
