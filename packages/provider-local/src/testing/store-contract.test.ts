import { expect, it } from 'vitest';
import { carelessStore } from '../store/__fixtures__/careless-store.js';
import { storeContract } from './store-contract.js';

it('finds out a store that looks first and writes later', async () => {
  const tests: [string, () => Promise<void>][] = [];
  storeContract({
    it: (name, test) => tests.push([name, test]),
    create: async (now) => carelessStore(now),
  });
  const failed: string[] = [];
  for (const [name, test] of tests) await test().catch(() => failed.push(name));
  expect(failed).toEqual([
    'lets one of 20 replace a payload',
    'lets one of 20 consume a record (ATK-08, ATK-69)',
    'lets one of 20 insert what is absent (ATK-12)',
    'lets one of 20 insert over an expired record',
  ]);
});
