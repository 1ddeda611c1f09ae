import { setImmediate } from 'node:timers/promises';
import type { LocalStore } from './local-store.js';

/**
 * Seconds for which a record stays after it expired. Clocks differ: of a replay marker a process whose clock is behind must still
 * find it for as long as it takes the assertion.
 */
const KEPT_SECONDS = 300;

/** Settings of {@link startSweeping}. */
export interface SweepingOptions {
  /** Milliseconds between two rounds. Default 60,000. */
  readonly everyMs?: number;
  /** How many records one step removes at most; other work runs between two steps. Default 500. */
  readonly batch?: number;
  /** Seconds since the epoch. Default: the clock of this machine. */
  readonly now?: () => number;
  /** Told when a round failed; the next one tries again. Default: nothing, since expired records count as absent anyway. */
  readonly onError?: (error: unknown) => void;
}

/** A running sweep. */
export interface Sweeping {
  /** Ends it, after the step that runs; close the store afterwards. */
  stop(): Promise<void>;
}

/**
 * Removes records that expired five minutes ago from a store again and again, in bounded steps. Its timer does not keep the process alive,
 * and two rounds never overlap.
 */
export function startSweeping(store: LocalStore, options: SweepingOptions = {}): Sweeping {
  const {
    everyMs = 60_000,
    batch = 500,
    now = () => Date.now() / 1000,
    onError = () => {},
  } = options;
  let stopped = false;
  let running: Promise<void> | undefined;

  async function round(): Promise<void> {
    try {
      while (!stopped && (await store.sweep(now() - KEPT_SECONDS, batch)) === batch)
        await setImmediate();
    } catch (error) {
      onError(error);
    } finally {
      running = undefined;
    }
  }

  const timer = setInterval(() => {
    running ??= round();
  }, everyMs);
  timer.unref();

  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
