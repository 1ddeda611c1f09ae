import { expect, it } from 'vitest';
import { ConfigurationError, ProviderUnavailableError } from '../errors.js';
import { memoryReplayStore } from './replay-store.js';

it('sets a mark once, until it expires', () => {
  const { insertIfAbsent } = memoryReplayStore();
  const tries = [1000, 1000, 1299, 1300].map((now) => insertIfAbsent('a', now + 300, now));
  expect(tries).toEqual([true, false, false, true]);
});

it('drops no mark before its time, however many come: then it is an outage', () => {
  const { insertIfAbsent } = memoryReplayStore(3);
  for (const key of ['a', 'b', 'c']) insertIfAbsent(key, 1300, 1000);
  expect(() => insertIfAbsent('d', 1300, 1001)).toThrow(ProviderUnavailableError);
  expect(insertIfAbsent('a', 1300, 1299)).toBe(false);
  expect(insertIfAbsent('d', 1600, 1300)).toBe(true);
});

it('lets go of what expired behind a mark that expires late, once that does', () => {
  const { insertIfAbsent } = memoryReplayStore(3);
  insertIfAbsent('late', 1600, 1000);
  insertIfAbsent('a', 1300, 1000);
  insertIfAbsent('b', 1300, 1000);
  expect(() => insertIfAbsent('c', 1800, 1500)).toThrow(ProviderUnavailableError);
  for (const key of ['c', 'd', 'e']) expect(insertIfAbsent(key, 1900, 1600)).toBe(true);
});

it.each([0, -1, 1.5, Number.NaN, '3' as unknown as number])(
  'is not made for %s marks',
  (capacity) => {
    expect(() => memoryReplayStore(capacity)).toThrow(ConfigurationError);
  },
);
