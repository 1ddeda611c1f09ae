import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CrashingStore } from '../../store/__fixtures__/crashing-store.js';

/** What a client hears. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request that can be sent again. */
export interface Attempt {
  send(): Promise<Answer>;
  /** Holds the answer of the last try to what the first one should have brought. */
  check(answer: Answer): Promise<unknown>;
}

/** What a client hears while the store is away. */
export const down: Answer = {
  status: 503,
  retryAfter: '5',
  body: { error: 'temporarily_unavailable' },
};

/** Lets the store crash at each step of each attempt, before and after the step is done: the next try has to succeed. */
export function crashesAtEveryStep(
  store: CrashingStore,
  attempts: Readonly<Record<string, () => Promise<Attempt>>>,
): void {
  afterEach(() => {
    vi.useRealTimers();
  });

  describe.each(Object.entries(attempts))('at any step of %s', (_name, begin) => {
    it.each(['before', 'after'] as const)('(%s it is done)', async (when) => {
      const steps: string[] = [];
      for (;;) {
        vi.useRealTimers();
        const attempt = await begin();
        store.crashAt(steps.length + 1, when);
        const first = await attempt.send();
        const step = store.crashed();
        if (step === undefined) break;
        steps.push(step);
        if (first.status < 300) {
          // Whether such a step was done can be found out.
          expect(step).toMatch(/^(insertIfAbsent|replace) /);
          await attempt.check(first);
          continue;
        }
        expect(first, step).toMatchObject(down);
        // The client waits as it was told.
        const wait = Number(first.retryAfter) * 1000;
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + wait });
        await attempt.check(await attempt.send());
      }
      expect(steps).not.toEqual([]);
    });
  });
}
