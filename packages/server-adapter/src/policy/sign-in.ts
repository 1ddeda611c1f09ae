import type { Principal } from '@portcullis/core';

/** How recent and how strong a sign-in has to be (RFC 9470). */
export interface SignIn {
  /** Seconds since it. */
  readonly maxAge?: number;
  /** Any of these. Empty where no sign-in satisfies every entry. */
  readonly acr?: readonly string[];
}

/** How far ahead of ours an issuer's clock may be, in seconds: beyond that, a time of sign-in is no time. */
const MAX_AHEAD = 60;

/** What all entries together ask of the sign-in; `undefined` where none asks anything. */
export function signInOf(entries: readonly { readonly entry: SignIn }[]): SignIn | undefined {
  let asked: SignIn | undefined;
  for (const { entry } of entries) {
    const { maxAge, acr } = entry;
    if (maxAge !== undefined) {
      asked = { ...asked, maxAge: Math.min(maxAge, asked?.maxAge ?? maxAge) };
    }
    if (acr !== undefined) {
      const before = asked?.acr;
      asked = { ...asked, acr: before ? acr.filter((one) => before.includes(one)) : acr };
    }
  }
  return asked;
}

/**
 * Whether a principal's sign-in is good enough. A token that does not say when or how its person signed in never is.
 *
 * @param now - Seconds since the epoch.
 */
export function isRecentAndStrong(
  { authenticatedAt, acr }: Principal,
  signIn: SignIn,
  now: number,
): boolean {
  if (signIn.acr !== undefined && (acr === undefined || !signIn.acr.includes(acr))) return false;
  if (signIn.maxAge === undefined) return true;
  if (authenticatedAt === undefined) return false;
  const age = now - authenticatedAt;
  return age <= signIn.maxAge && age >= -MAX_AHEAD;
}
