import type { ConfigurationProblem } from '@portcullis/core';
import { wholeNumberProblems } from '../whole-number.js';
import type { RateBudget } from './rate-limiter.js';

/**
 * The budgets, each by itself. What counts by address counts for all together, with 20 times the budget, whose addresses are not known
 * (see `trustedProxies`).
 */
export interface RateLimits {
  /** Tries to sign in, by address. Default 30 in 300 seconds. `embeddedAccounts` also slows down each user name. */
  readonly signIn: RateBudget | false;
  /** Registrations, by address. Default 30 in 3,600 seconds. */
  readonly registration: RateBudget | false;
  /**
   * Client id documents and their keys fetched, by address, or by their host where addresses are not known; and 20 times as many in all.
   * Those of a client that somebody allowed count by their own URL, and what is remembered not at all. Default 30 in 60 seconds.
   */
  readonly clientDocuments: RateBudget | false;
  /** Wrong client secrets, by client, and by address where it is known. Default 60 in 60 seconds. */
  readonly clientSecrets: RateBudget | false;
  /** Codes and refresh tokens that are none, by client and address; without addresses not counted. Default 60 in 60 seconds. */
  readonly failedGrants: RateBudget | false;
  /** Refreshes of one grant. Default 60 in 60 seconds. */
  readonly refreshes: RateBudget | false;
  /** Token requests without a code or refresh token, by client. Default 600 in 60 seconds. */
  readonly clientTokens: RateBudget | false;
  /** Revocations, by address. Default 120 in 60 seconds. */
  readonly revocation: RateBudget | false;
  /** Authorization requests that are pushed, by address. Default 120 in 60 seconds. */
  readonly pushedRequests: RateBudget | false;
}

/** What applies where the operator says nothing. */
export const DEFAULT_RATE_LIMITS: RateLimits = {
  signIn: { requests: 30, seconds: 300 },
  registration: { requests: 30, seconds: 3600 },
  clientDocuments: { requests: 30, seconds: 60 },
  clientSecrets: { requests: 60, seconds: 60 },
  failedGrants: { requests: 60, seconds: 60 },
  refreshes: { requests: 60, seconds: 60 },
  clientTokens: { requests: 600, seconds: 60 },
  revocation: { requests: 120, seconds: 60 },
  pushedRequests: { requests: 120, seconds: 60 },
};

/** No budget at all. */
export const NO_RATE_LIMITS: RateLimits = {
  signIn: false,
  registration: false,
  clientDocuments: false,
  clientSecrets: false,
  failedGrants: false,
  refreshes: false,
  clientTokens: false,
  revocation: false,
  pushedRequests: false,
};

/** What is wrong with the options about limits. */
export function rateLimitProblems(
  limits: unknown,
  limiter: unknown,
  trustedProxies: unknown,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const given = typeof limits === 'object' && limits !== null ? Object.entries(limits) : [];
  const hasBudgets = typeof limits === 'object' && limits !== null && !Array.isArray(limits);
  if (limits !== false && limits !== undefined && !hasBudgets) {
    problems.push({
      option: 'rateLimits',
      problem: 'must be false or hold budgets.',
      remedy: 'Leave it out for the defaults.',
    });
  }
  for (const [name, budget] of given) {
    const { requests, seconds } = (budget || {}) as Partial<RateBudget>;
    const isCount = (value: unknown, most: number) =>
      Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
    if (!Object.hasOwn(DEFAULT_RATE_LIMITS, name)) {
      problems.push({
        option: `rateLimits.${name}`,
        problem: 'is no budget.',
        remedy: `Choose from ${Object.keys(DEFAULT_RATE_LIMITS).join(', ')}.`,
      });
    } else if (budget !== false && !(isCount(requests, 1_000_000) && isCount(seconds, 86_400))) {
      problems.push({
        option: `rateLimits.${name}`,
        problem: 'must have 1 to 1,000,000 requests in 1 to 86,400 seconds.',
        remedy: 'Write it as { requests: 30, seconds: 60 }, or false to switch it off.',
      });
    }
  }
  const { take, giveBack } = (limiter ?? {}) as Record<string, unknown>;
  if (limiter !== undefined && !(typeof take === 'function' && typeof giveBack === 'function')) {
    problems.push({
      option: 'rateLimiter',
      problem: 'lacks take or giveBack.',
      remedy: 'Leave it out to count in memory.',
    });
  }
  return [
    ...problems,
    ...wholeNumberProblems(
      'trustedProxies',
      trustedProxies,
      [0, 9],
      'Count the reverse proxies in front of this server, 0 for none.',
    ),
  ];
}
