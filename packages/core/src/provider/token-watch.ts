import type { Principal } from '../token/principal.js';
import type { Rejection } from '../token/rejection.js';
import type { Revocations } from './revocations.js';

/** A token by which somebody is being served. */
export interface WatchedToken {
  readonly principal: Principal;
  /** Where the provider tells of revocations; counted before the token was verified. */
  readonly told?: { readonly revocations: Revocations; readonly since: number };
  /** Asks the provider again. */
  verify(signal: AbortSignal): Promise<Principal | Rejection>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** How soon to ask again where the provider could not be asked, or says that its answer is over already, in milliseconds. */
const RETRY_MS = 5000;
/** The longest that a timer can run. */
const LONGEST_TIMER = 2_147_483_647;

/**
 * Calls once, as soon as the token is revoked: the provider tells of it, or refuses the token when it is asked again.
 *
 * @returns What to call when nobody is served any more.
 */
export function watchToken(watched: WatchedToken, listen: () => void): () => void {
  const { principal, told } = watched;
  const ends: (() => void)[] = [];
  let over = false;
  function end(): void {
    over = true;
    for (const one of ends.splice(0)) one();
  }
  function once(): void {
    end();
    listen();
  }
  if (told) ends.push(told.revocations.watch(principal, told.since, once));
  if (!over) ends.push(recheck(watched, once));
  return end;
}

/**
 * Asks whenever the last answer is no longer fresh: an issuer that is only asked (introspection), or another instance, tells of no revocation
 * by itself. An outage is no verdict, so it asks again.
 */
function recheck({ principal, verify, clock }: WatchedToken, listen: () => void): () => void {
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function wait(freshUntil: number | undefined): void {
    if (freshUntil === undefined) return;
    const milliseconds = Math.max(freshUntil * 1000 - clock(), RETRY_MS);
    timer = setTimeout(() => void ask(), Math.min(milliseconds, LONGEST_TIMER));
    // Waiting for an answer must not keep a process alive.
    (timer as { unref?: () => void }).unref?.();
  }

  async function ask(): Promise<void> {
    const answer = await verify(over.signal).catch(() => undefined);
    if (over.signal.aborted) return;
    if (answer?.kind === 'rejection') listen();
    else wait(answer ? answer.freshUntil : 0);
  }

  wait(principal.freshUntil);
  return () => {
    clearTimeout(timer);
    over.abort();
  };
}
