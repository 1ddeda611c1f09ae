import { describe, expect, it } from 'vitest';
import { carelessStore } from './__fixtures__/careless-store.js';
import { memoryStore } from './memory-store.js';
import { checkSingleUse, storeProblems } from './store-check.js';

describe('storeProblems', () => {
  it('finds none in a store', () => {
    expect(storeProblems(memoryStore())).toEqual([]);
  });

  it('names every step that is missing', () => {
    const { consume: _, insertIfAbsent: __, ...rest } = memoryStore();
    expect(storeProblems(rest)).toEqual([
      {
        option: 'store',
        problem: 'lacks consume, insertIfAbsent.',
        remedy: 'Use one of our stores, or hold your own to storeContract() of "./testing".',
      },
    ]);
  });

  it('tells a promise of a store from a store', () => {
    expect(storeProblems(Promise.resolve(memoryStore()))).toEqual([
      { option: 'store', problem: 'is a promise.', remedy: 'Await the store before it is given.' },
    ]);
  });
});

describe('checkSingleUse', () => {
  it('passes an atomic store, and leaves nothing behind', async () => {
    const store = memoryStore();
    await checkSingleUse(store);
    expect(await store.sweep(Number.MAX_SAFE_INTEGER, 10)).toBe(0);
  });

  it('refuses a store that looks first and writes later (ATK-08, ATK-12)', async () => {
    await expect(checkSingleUse(carelessStore())).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      problems: [
        { problem: 'is not safe: of 20 callers at once 20 won "consume", and one should.' },
        { problem: 'is not safe: of 20 callers at once 20 won "insertIfAbsent", and one should.' },
        { problem: 'is not safe: of 20 callers at once 20 won "replace", and one should.' },
      ],
    });
  });
});
