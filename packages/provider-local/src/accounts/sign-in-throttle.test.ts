import { expect, it } from 'vitest';
import { createSignInThrottle } from './sign-in-throttle.js';

function throttleAt(start: number, keep: readonly string[] = [], limit?: number) {
  const clock = { now: start };
  const throttle = createSignInThrottle({
    keep: new Set(keep),
    now: () => clock.now,
    ...(limit !== undefined && { limit }),
  });
  return { clock, throttle };
}

it('lets five tries pass and then makes every further one wait longer (AS-94)', () => {
  const { clock, throttle } = throttleAt(1000);
  const waits: number[] = [];
  for (let n = 0; n < 5; n += 1) expect(throttle.begin('ada')).toBeUndefined();
  for (let n = 0; n < 9; n += 1) {
    const wait = throttle.begin('ada') ?? 0;
    waits.push(wait);
    clock.now += wait - 0.5;
    expect(throttle.begin('ada')).toBe(1);
    clock.now += 0.5;
    expect(throttle.begin('ada')).toBeUndefined();
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

it('counts each name for itself', () => {
  const { throttle } = throttleAt(1000);
  for (let n = 0; n < 5; n += 1) throttle.begin('ada');
  expect(throttle.begin('ada')).toBe(5);
  expect(throttle.begin('bob')).toBeUndefined();
});

it('forgets the tries after a right password, and after an hour without one', () => {
  const { clock, throttle } = throttleAt(1000);
  for (let n = 0; n < 5; n += 1) throttle.begin('ada');
  throttle.succeed('ada');
  for (let n = 0; n < 5; n += 1) expect(throttle.begin('ada')).toBeUndefined();
  expect(throttle.begin('ada')).toBe(5);
  clock.now += 3601;
  for (let n = 0; n < 5; n += 1) expect(throttle.begin('ada')).toBeUndefined();
  expect(throttle.begin('ada')).toBe(5);
});

it('makes room by forgetting the oldest unknown name, never one that exists', () => {
  const { throttle } = throttleAt(1000, ['ada'], 3);
  for (let n = 0; n < 5; n += 1) throttle.begin('ada');
  for (let n = 0; n < 5; n += 1) throttle.begin('unknown');
  expect(throttle.begin('unknown')).toBe(5);
  for (let n = 0; n < 3; n += 1) throttle.begin(`flood-${n}`);
  expect(throttle.begin('unknown')).toBeUndefined();
  expect(throttle.begin('ada')).toBe(5);
});
