import { setTimeout as sleep } from 'node:timers/promises';
import type { Revocation } from '@portcullis/core';
import { afterEach, expect, it, vi } from 'vitest';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import {
  createRevocationFeed,
  type RevocationFeed,
  type RevocationFeedOptions,
} from './revocation-feed.js';

const feeds: RevocationFeed[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});

/** A feed, and what it has told so far. */
function feedOn(store: LocalStore, options: RevocationFeedOptions = {}) {
  const feed = createRevocationFeed(store, { everyMs: 5, ...options });
  feeds.push(feed);
  const told: string[] = [];
  const stop = feed.listen((revocation) => told.push(nameOf(revocation)));
  return { feed, told, stop };
}

const token = (tokenId: string): Revocation => ({ kind: 'token', tokenId });
const nameOf = (revocation: Revocation) =>
  revocation.kind === 'token' ? revocation.tokenId : revocation.kind;
const numbers = (count: number) => Array.from({ length: count }, (_, n) => `t${n}`);

it('tells its own process at once and every other one soon, each once and in order', async () => {
  const store = memoryStore();
  const [one, two, three] = [feedOn(store), feedOn(store), feedOn(store)];
  const published = numbers(5).map((name) => () => one.feed.publish(token(name)));
  for (const publish of published) await publish();
  expect(one.told).toEqual(numbers(5));
  await vi.waitFor(() => {
    expect(two.told).toEqual(numbers(5));
    expect(three.told).toEqual(numbers(5));
  });
  await sleep(30);
  expect([one.told, two.told]).toEqual([numbers(5), numbers(5)]);
});

it('loses nothing that several processes publish at once', async () => {
  const store = memoryStore();
  const reader = feedOn(store);
  const writers = [feedOn(store), feedOn(store), feedOn(store)];
  await Promise.all(numbers(60).map((name, n) => writers[n % 3]?.feed.publish(token(name))));
  await vi.waitFor(() => expect(reader.told.toSorted()).toEqual(numbers(60).toSorted()));
});

it('is told of what others put in before its own, however late it looks', async () => {
  const store = memoryStore();
  const writer = feedOn(store);
  const late = feedOn(store, { everyMs: 50 });
  await writer.feed.publish(token('before'));
  await late.feed.publish(token('own'));
  expect(late.told).toEqual(['own']);
  await vi.waitFor(() => expect(late.told).toEqual(['own', 'before']));
});

it('goes on from one minute to the next, and reads clocks that are up to a minute off', async () => {
  const store = memoryStore({ now: () => 0 });
  let now = 1_000_000_019;
  const reader = feedOn(store, { now: () => now });
  const fast = feedOn(store, { now: () => now + 59 });
  const slow = feedOn(store, { now: () => now - 59 });
  await fast.feed.publish(token('fast'));
  await slow.feed.publish(token('slow'));
  await vi.waitFor(() => expect(reader.told.toSorted()).toEqual(['fast', 'slow']));
  now += 60;
  await sleep(20);
  now += 60;
  await slow.feed.publish(token('later'));
  await vi.waitFor(() => expect(reader.told).toContain('later'));
  await sleep(20);
  expect(reader.told).toHaveLength(3);
});

it('catches up after the store was away', async () => {
  const store = memoryStore();
  let away = false;
  const reader = feedOn({
    ...store,
    async read(kind, id) {
      if (away) throw new Error('gone');
      return store.read(kind, id);
    },
  });
  const writer = feedOn(store);
  away = true;
  await writer.feed.publish(token('missed'));
  await sleep(20);
  expect(reader.told).toEqual([]);
  away = false;
  await vi.waitFor(() => expect(reader.told).toEqual(['missed']));
});

it('asks nothing of the store while nobody listens', async () => {
  const store = memoryStore();
  let reads = 0;
  const { stop } = feedOn({
    ...store,
    async read(kind, id) {
      reads += 1;
      return store.read(kind, id);
    },
  });
  await vi.waitFor(() => expect(reads).toBeGreaterThan(2));
  stop();
  await sleep(10);
  const before = reads;
  await sleep(30);
  expect(reads).toBe(before);
});

it('keeps what happened for minutes and not for ever', async () => {
  let now = 600_000;
  const store = memoryStore({ now: () => now });
  const { feed } = feedOn(store, { now: () => now });
  await feed.publish(token('old'));
  expect(await store.read('Revocation', '10000.0')).toBeDefined();
  now += 360;
  expect(await store.sweep(now, 10)).toBe(1);
});

it('tells others late what the store did not take, and this process at once', async () => {
  const store = memoryStore();
  let away = true;
  const writer = createRevocationFeed(
    {
      ...store,
      async insertIfAbsent(...record) {
        if (away) throw new Error('gone');
        return store.insertIfAbsent(...record);
      },
    },
    { everyMs: 5 },
  );
  feeds.push(writer);
  const reader = feedOn(store);
  for (const name of numbers(3)) {
    await expect(writer.publish(token(name))).rejects.toThrow('gone');
  }
  away = false;
  await vi.waitFor(() => expect(reader.told).toEqual(numbers(3)));
  await sleep(20);
  expect(reader.told).toEqual(numbers(3));
});

it('has everything forgotten where too much is still to be told', async () => {
  const store = memoryStore();
  let away = true;
  const writer = feedOn({
    ...store,
    async insertIfAbsent(...record) {
      if (away) throw new Error('gone');
      return store.insertIfAbsent(...record);
    },
  });
  const reader = feedOn(store);
  for (const name of numbers(101)) await writer.feed.publish(token(name)).catch(() => {});
  away = false;
  await vi.waitFor(() => expect(reader.told).toEqual(['keys']));
});

it('tells everybody although one who listens fails', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const feed = createRevocationFeed(memoryStore());
  feeds.push(feed);
  feed.listen(() => {
    throw new Error('not mine');
  });
  const told: string[] = [];
  feed.listen((revocation) => told.push(nameOf(revocation)));
  await feed.publish(token('a'));
  expect(told).toEqual(['a']);
  expect(warn).toHaveBeenCalledWith(new Error('not mine'));
  warn.mockRestore();
});
