import { describe, it } from 'vitest';
import { storeContract } from '../testing/store-contract.js';
import { memoryStore } from './memory-store.js';

describe('memoryStore', () => {
  storeContract({ it, create: async (now) => memoryStore({ now }) });
});
