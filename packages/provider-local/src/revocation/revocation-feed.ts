import { randomUUID } from 'node:crypto';
import type { Revocation } from '@portcullis/core';
import type { LocalStore } from '../store/local-store.js';

/** Tells every process on one store of revocations. */
export interface RevocationFeed {
  /**
   * Tells this process at once, then all others. Rejects when the store cannot be asked: they are told as soon as it can; until then
   * what they remember lasts 30 seconds at most.
   */
  publish(revocation: Revocation): Promise<void>;
  /** Tells this process alone. */
  tell(revocation: Revocation): void;
  /** @returns A function that ends the listening. */
  listen(listener: (revocation: Revocation) => void): () => void;
  stop(): Promise<void>;
}

/** Settings of {@link createRevocationFeed}. */
export interface RevocationFeedOptions {
  /** Milliseconds between two looks at the store. Default 2000. */
  readonly everyMs?: number;
  /** Seconds since the epoch. Default: the clock of this machine. */
  readonly now?: () => number;
}

const KIND = 'Revocation';
/** Revocations of one minute are numbered together; a record that is there has all before it. */
const MINUTE = 60;
/** Longer than any answer is remembered, and than clocks differ. */
const KEPT_SECONDS = 300;
/** With more than these still to be told, everything is to be forgotten instead. */
const MOST_UNTOLD = 100;

/**
 * A numbered list in the store, read by whoever listens. A number that is taken goes to the next one, so nothing is lost where two
 * processes revoke at once. Reads the minute before, this one and the next: clocks may differ by a minute, and no answer is
 * remembered for so long.
 *
 * Its timer runs while somebody listens or something is still to be told, and does not keep the process alive. A store that is away is asked again at the next look.
 */
export function createRevocationFeed(
  store: LocalStore,
  { everyMs = 2000, now = () => Date.now() / 1000 }: RevocationFeedOptions = {},
): RevocationFeed {
  const from = randomUUID();
  const listeners = new Set<(revocation: Revocation) => void>();
  /** How many revocations of a minute this process has seen. */
  const seen = new Map<number, number>();
  /** Numbers below are taken, by whomever. Not a mark for looking: what others have put in is still to be told. */
  const taken = new Map<number, number>();
  /** What the store did not take. */
  let untold: readonly Revocation[] = [];
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;

  const thisMinute = () => Math.floor(now() / MINUTE);
  const idOf = (minute: number, number: number) => `${minute}.${number}`;

  function tell(revocation: Revocation): void {
    for (const listen of listeners) {
      try {
        listen(revocation);
      } catch (error) {
        // One that fails must keep it from nobody else.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  function forgetOldMarks(): void {
    for (const marks of [seen, taken]) {
      for (const minute of marks.keys()) if (minute < thisMinute() - 1) marks.delete(minute);
    }
  }

  async function put(revocation: Revocation): Promise<void> {
    forgetOldMarks();
    const minute = thisMinute();
    const expiresAt = (minute + 1) * MINUTE + KEPT_SECONDS;
    const payload = { from, revocation };
    for (let mine = false; !mine; ) {
      const number = taken.get(minute) ?? 0;
      mine = await store.insertIfAbsent(KIND, idOf(minute, number), expiresAt, payload);
      taken.set(minute, Math.max(taken.get(minute) ?? 0, number + 1));
    }
  }

  async function tellLate(): Promise<void> {
    while (untold[0]) {
      await put(untold[0]);
      untold = untold.slice(1);
    }
    settle();
  }

  /** Lets the timer run as long as there is something to do. */
  function settle(): void {
    if (listeners.size === 0 && untold.length === 0) {
      clearInterval(timer);
      timer = undefined;
      return;
    }
    timer ??= setInterval(() => {
      looking ??= look()
        .catch(() => {})
        .finally(() => {
          looking = undefined;
        });
    }, everyMs).unref();
  }

  async function look(): Promise<void> {
    await tellLate().catch(() => {});
    if (listeners.size === 0) return;
    forgetOldMarks();
    const current = thisMinute();
    for (const minute of [current - 1, current, current + 1]) {
      for (let number = seen.get(minute) ?? 0; ; number += 1) {
        const record = await store.read(KIND, idOf(minute, number));
        if (!record) break;
        seen.set(minute, number + 1);
        if (record.payload.from !== from) tell(record.payload.revocation as Revocation);
      }
    }
  }

  return {
    tell,
    async publish(revocation) {
      tell(revocation);
      try {
        await put(revocation);
      } catch (error) {
        untold = untold.length < MOST_UNTOLD ? [...untold, revocation] : [{ kind: 'keys' }];
        settle();
        throw error;
      }
    },
    listen(listener) {
      listeners.add(listener);
      settle();
      return () => {
        listeners.delete(listener);
        settle();
      };
    },
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
