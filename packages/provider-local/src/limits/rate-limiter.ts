/** How much is allowed: `requests` at once, refilled evenly over `seconds`. */
export interface RateBudget {
  readonly requests: number;
  readonly seconds: number;
}

/** Counts requests against budgets. Another one than {@link memoryRateLimiter} can share its counts between instances. */
export interface RateLimiter {
  /**
   * Counts one request, in one atomic step.
   *
   * @param name - Which budget it is of, such as `registration`.
   * @param key - Whom it is counted for: 43 characters that say nothing about the name they stand for.
   * @returns Seconds to wait, at least 1, where the budget is used up; the request is then not counted.
   */
  take(name: string, key: string, budget: RateBudget): Promise<number | undefined>;
  /** Takes one count back: the request turned out to be none of those that the budget is for. */
  giveBack(name: string, key: string, budget: RateBudget): Promise<void>;
}
