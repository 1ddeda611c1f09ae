import { createHash } from 'node:crypto';
import { ProviderUnavailableError } from '@portcullis/core';
import type { RateBudget, RateLimiter } from './rate-limiter.js';
import type { RateLimits } from './rate-limits.js';

/** One count, which can be taken back. */
export type Count =
  | { readonly kind: 'counted'; giveBack(): Promise<void> }
  | { readonly kind: 'refused'; readonly wait: number };

/** Counts requests against the budgets of an issuer. */
export interface RequestLimits {
  /** Whether there is such a budget. */
  has(name: keyof RateLimits): boolean;
  /** @param subject - Whom it counts for, in parts. */
  count(name: keyof RateLimits, ...subject: readonly string[]): Promise<Count>;
  /** Counts for an address, or, with 20 times the budget, for everybody where it is not known. */
  countAddress(name: keyof RateLimits, address: string | undefined): Promise<Count>;
  /** Counts for everybody together, with 20 times the budget. */
  countAll(name: keyof RateLimits): Promise<Count>;
}

/** How much larger a budget is that everybody shares. */
const IN_ALL = 20;
const free: Count = { kind: 'counted', giveBack: async () => {} };

/** Binds the budgets to the limiter that counts. One that fails is an outage: nobody can say that there is room. */
export function createRequestLimits(limits: RateLimits, limiter: RateLimiter): RequestLimits {
  async function count(
    name: keyof RateLimits,
    budget: RateBudget | false,
    subject: readonly string[],
  ): Promise<Count> {
    if (budget === false) return free;
    const key = createHash('sha256').update(JSON.stringify(subject)).digest('base64url');
    try {
      const wait = await limiter.take(name, key, budget);
      if (wait !== undefined) return { kind: 'refused', wait };
    } catch (cause) {
      throw new ProviderUnavailableError('The rate limiter cannot be asked.', { cause });
    }
    return { kind: 'counted', giveBack: () => limiter.giveBack(name, key, budget) };
  }

  function shared(name: keyof RateLimits): RateBudget | false {
    const budget = limits[name];
    return budget && { requests: budget.requests * IN_ALL, seconds: budget.seconds };
  }

  return {
    has: (name) => limits[name] !== false,
    count: (name, ...subject) => count(name, limits[name], subject),
    countAddress: (name, address) =>
      address === undefined
        ? count(name, shared(name), [])
        : count(name, limits[name], ['address', address]),
    countAll: (name) => count(name, shared(name), []),
  };
}
