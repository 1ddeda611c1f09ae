import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryCallLimiter } from './call-limiter.js';

const START = 1_800_000_000_000;
const call = { owner: 'ada', method: 'tools/call', name: 'pay' };

it('lets a minute’s calls pass at once, and then one for each part of it (RS-91)', async () => {
  const limiter = memoryCallLimiter(4);
  const at = async (ms: number) => (await limiter.take(call, START + ms)).allowed;
  expect([await at(0), await at(0), await at(0), await at(0)]).toEqual([true, true, true, true]);
  expect(await limiter.take(call, START)).toEqual({ allowed: false, retryAfterSeconds: 15 });
  expect(await limiter.take(call, START + 5000)).toEqual({ allowed: false, retryAfterSeconds: 10 });
  // Trying does not put off what was promised.
  expect([await at(14_999), await at(15_000), await at(15_001)]).toEqual([false, true, false]);
  expect(await at(75_000)).toBe(true);
});

it('never lets more pass in any minute than twice the rate, nor in ten than eleven times', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 300 }),
      async (perMinute, pauses) => {
        const limiter = memoryCallLimiter(perMinute);
        const passed: number[] = [];
        let now = START;
        for (const pause of pauses) {
          now += pause;
          if ((await limiter.take(call, now)).allowed) passed.push(now);
        }
        for (const [minutes, most] of [
          [1, 2 * perMinute],
          [10, 11 * perMinute],
        ] as const) {
          const counts = passed.map(
            (from) => passed.filter((at) => at >= from && at < from + minutes * 60_000).length,
          );
          expect(Math.max(0, ...counts)).toBeLessThanOrEqual(most);
        }
      },
    ),
    { numRuns: 50 },
  );
});

it('counts each owner, method and name alone, however they are spelt', async () => {
  const limiter = memoryCallLimiter(1);
  const calls = [
    call,
    { ...call, owner: 'bob' },
    { ...call, name: 'payroll' },
    { ...call, method: 'prompts/get' },
    { owner: 'ada', method: 'tools/call' },
  ];
  for (const one of calls) expect((await limiter.take(one, START)).allowed).toBe(true);
  for (const one of calls) expect((await limiter.take(one, START)).allowed).toBe(false);
});

it('goes by what the entry sets before its own rate', async () => {
  const limiter = memoryCallLimiter(100);
  const tight = { ...call, perMinute: 1 };
  expect((await limiter.take(tight, START)).allowed).toBe(true);
  expect(await limiter.take(tight, START)).toEqual({ allowed: false, retryAfterSeconds: 60 });
});

it('locks nobody out when the clock is set back', async () => {
  const limiter = memoryCallLimiter(1);
  await limiter.take(call, START);
  expect((await limiter.take(call, START - 3_600_000)).allowed).toBe(true);
  expect((await limiter.take(call, START - 3_600_000)).allowed).toBe(false);
});

it('keeps no more than its capacity: those who say nothing any more go first, then the least recent', async () => {
  const limiter = memoryCallLimiter(1, 10);
  const by = async (owner: string, now: number) =>
    (await limiter.take({ ...call, owner }, now)).allowed;
  for (let index = 0; index < 10; index += 1) await by(`owner-${index}`, START + index);
  expect(await by('late', START + 20)).toBe(true);
  // The first one was forgotten for it, and so was the second for the first, and so on.
  expect(await by('owner-9', START + 20)).toBe(false);
  expect(await by('owner-0', START + 20)).toBe(true);
  expect(await by('late', START + 20)).toBe(false);
});

it('forgets who called least lately, not who called first', async () => {
  const limiter = memoryCallLimiter(2, 4);
  const by = async (owner: string, now: number) =>
    (await limiter.take({ ...call, owner }, now)).allowed;
  for (const [index, owner] of ['ada', 'bob', 'cas', 'dan'].entries())
    await by(owner, START + index);
  await by('ada', START + 10);
  await by('eve', START + 11);
  expect(await by('ada', START + 12)).toBe(false);
});

it('knows who called lately also while there was room for all', async () => {
  const limiter = memoryCallLimiter(2, 4);
  const by = async (owner: string, now: number) =>
    (await limiter.take({ ...call, owner }, now)).allowed;
  for (const [index, owner] of ['ada', 'bob', 'cas', 'ada', 'dan', 'eve'].entries()) {
    await by(owner, START + index);
  }
  expect(await by('ada', START + 10)).toBe(false);
});
