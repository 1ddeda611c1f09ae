import { expect, it } from 'vitest';
import { ConfigurationError, ProviderUnavailableError } from '../errors.js';
import { memoryReplayStore } from './replay-store.js';

it('sets a mark once, until it expires', () => {
  const { insertIfAbsent } = memoryReplayStore();
  const tries = [1000, 1000, 1299, 1300].map((now) => insertIfAbsent('a', now + 300, now, 'one'));
  expect(tries).toEqual([true, false, false, true]);
});

it('drops no mark before its time, however many come: then it is an outage', () => {
  const { insertIfAbsent } = memoryReplayStore(3);
  for (const key of ['a', 'b', 'c']) insertIfAbsent(key, 1300, 1000, key);
  expect(() => insertIfAbsent('d', 1300, 1001, 'd')).toThrow(ProviderUnavailableError);
  expect(insertIfAbsent('a', 1300, 1299, 'a')).toBe(false);
  expect(insertIfAbsent('d', 1600, 1300, 'd')).toBe(true);
});

it('gives one client a quarter at most, so that the others go on (ATK-52)', () => {
  const { insertIfAbsent } = memoryReplayStore(8);
  const flood = (now: number) => () => insertIfAbsent(`flood ${now}`, now + 300, now, 'one');
  expect([flood(1000)(), flood(1001)()]).toEqual([true, true]);
  expect(flood(1002)).toThrow(ProviderUnavailableError);
  expect(insertIfAbsent('a', 1302, 1002, 'other')).toBe(true);
  expect(insertIfAbsent('flood 1000', 1300, 1002, 'one')).toBe(false);
  // As each of its marks ends there is room for one more.
  expect(flood(1300)()).toBe(true);
  expect(flood(1300.5)).toThrow(ProviderUnavailableError);
});

it('lets go of what expired behind a mark that expires late, as soon as there is need', () => {
  const { insertIfAbsent } = memoryReplayStore(3);
  insertIfAbsent('late', 31_536_000, 1000, 'late');
  insertIfAbsent('a', 1300, 1000, 'a');
  insertIfAbsent('b', 1400, 1000, 'b');
  expect(() => insertIfAbsent('c', 1600, 1299, 'c')).toThrow(ProviderUnavailableError);
  expect(insertIfAbsent('c', 1600, 1300, 'c')).toBe(true);
  expect(insertIfAbsent('b', 1400, 1399, 'b')).toBe(false);
  expect(insertIfAbsent('late', 31_536_000, 1399, 'late')).toBe(false);
  // Also where not the store is full but the share of one.
  const shared = memoryReplayStore(8);
  expect(shared.insertIfAbsent('late', 31_536_000, 1000, 'late')).toBe(true);
  for (const key of ['a', 'b']) expect(shared.insertIfAbsent(key, 1300, 1000, 'one')).toBe(true);
  for (const key of ['c', 'd']) expect(shared.insertIfAbsent(key, 1600, 1300, 'one')).toBe(true);
});

it('walks through all its marks once a second at most, however often it is asked', () => {
  const { insertIfAbsent } = memoryReplayStore(200_000);
  for (let at = 0; at < 50_000; at += 1) insertIfAbsent(`late ${at}`, 9000, 1000, 'one');
  const started = performance.now();
  for (let at = 0; at < 5000; at += 1) {
    expect(() => insertIfAbsent('more', 9000, 1001, 'one')).toThrow(ProviderUnavailableError);
  }
  expect(performance.now() - started).toBeLessThan(1000);
});

it.each([0, -1, 1.5, Number.NaN, '3' as unknown as number])(
  'is not made for %s marks',
  (capacity) => {
    expect(() => memoryReplayStore(capacity)).toThrow(ConfigurationError);
  },
);
