import { describe, expect, it } from 'vitest';
import { memoryRateLimiter } from './memory-rate-limiter.js';
import type { RateBudget } from './rate-limiter.js';

const budget = { requests: 3, seconds: 60 };

function limiterAt(keys?: number) {
  const clock = { now: 1000 };
  const limiter = memoryRateLimiter({ now: () => clock.now, ...(keys ? { keys } : {}) });
  return { clock, take: (key: string) => limiter.take('signIn', key, budget), limiter };
}

const times = async (count: number, step: () => Promise<number | undefined>) => {
  const answers: (number | undefined)[] = [];
  for (let n = 0; n < count; n += 1) answers.push(await step());
  return answers;
};

describe('the limiter in memory', () => {
  it('lets a budget go at once and refills it evenly', async () => {
    const { clock, take } = limiterAt();
    expect(await times(5, () => take('a'))).toEqual([undefined, undefined, undefined, 20, 20]);
    clock.now += 19;
    expect(await take('a')).toBe(1);
    clock.now += 1;
    expect(await times(2, () => take('a'))).toEqual([undefined, 20]);
    clock.now += 60;
    expect(await times(4, () => take('a'))).toEqual([undefined, undefined, undefined, 20]);
  });

  it('lets exactly as many of a hundred at once go as there is room for', async () => {
    const { take } = limiterAt();
    const answers = await Promise.all(Array.from({ length: 100 }, () => take('a')));
    expect(answers.filter((wait) => wait === undefined)).toHaveLength(3);
  });

  it('keeps keys and budgets apart', async () => {
    const { limiter } = limiterAt();
    for (const [name, key] of [
      ['signIn', 'a'],
      ['signIn', 'b'],
      ['registration', 'a'],
    ] as const) {
      const answers = await times(4, () => limiter.take(name, key, budget));
      expect(answers).toEqual([undefined, undefined, undefined, 20]);
    }
  });

  it('takes a count back, and never more than was taken', async () => {
    const { take, limiter } = limiterAt();
    await times(3, () => take('a'));
    await limiter.giveBack('signIn', 'a', budget);
    expect(await times(2, () => take('a'))).toEqual([undefined, 20]);
    for (let n = 0; n < 10; n += 1) await limiter.giveBack('signIn', 'a', budget);
    expect(await times(4, () => take('a'))).toEqual([undefined, undefined, undefined, 20]);
    await limiter.giveBack('signIn', 'never seen', budget);
    expect(await times(4, () => take('never seen'))).toEqual([undefined, undefined, undefined, 20]);
  });

  it('finds room behind old keys that stay in use for long', async () => {
    const { clock, limiter } = limiterAt(100);
    const take = (key: string, budget: RateBudget) => limiter.take('registration', key, budget);
    for (let n = 0; n < 50; n += 1) await take(`long-${n}`, { requests: 1, seconds: 3600 });
    for (let n = 0; n < 50; n += 1) await take(`short-${n}`, { requests: 60, seconds: 60 });
    clock.now += 10;
    const strict = { requests: 1, seconds: 60 };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => take(`flood-${n}`, strict)),
    );
    // While it looks, one budget for those that begin alike; from then on each has its own.
    expect(answers.filter((wait) => wait === undefined).length).toBeGreaterThan(36);
  });

  it('forgets nobody whose budget is in use, and lets a flood of keys share one when it is full', async () => {
    const { clock, take } = limiterAt(100);
    await times(3, () => take('victim'));
    let letIn = 0;
    for (let n = 0; n < 10_000; n += 1) {
      if ((await take(`flood-${n}`)) === undefined) letIn += 1;
    }
    // 99 with a place of their own, and three that share one: all of these keys begin alike.
    expect(letIn).toBe(102);
    expect(await times(4, () => take('newcomer'))).toEqual([undefined, undefined, undefined, 20]);
    expect(await take('victim')).toBe(20);
    clock.now += 61;
    expect(await times(4, () => take('late'))).toEqual([undefined, undefined, undefined, 20]);
  });
});
