import type { ConfigurationProblem, Principal } from '@portcullis/core';
import type { OperationDecision, Verdict } from '../policy/decision.js';
import { ownerOf } from '../seal/owner.js';
import {
  type CallLimiter,
  type CallVerdict,
  type CountedCall,
  memoryCallLimiter,
} from './call-limiter.js';
import { openAnswers } from './open-answers.js';

/** How much one principal may do: one person through one client, whatever token they come with. */
export interface LimitOptions {
  readonly limits?: {
    /**
     * How often each tool, prompt and method may be called: that many at once, and then evenly. Or somebody else who counts, for several
     * instances. Default: 600 per minute, counted in memory. With `unlimited`, only what entries limit by their `perMinute` is counted.
     */
    readonly calls?: { readonly perMinute: number } | CallLimiter | 'unlimited';
    /** How many answers may be under way at a time: running calls and open streams together. Default 64. */
    readonly open?: number;
  };
}

/** Whether a message may pass that the policy allows, and what to call when its answer is over. */
interface Admission<S extends string> {
  readonly decisions: readonly OperationDecision<S>[];
  readonly end?: () => void;
}

/** Counts what the policy allows; what it refuses costs nothing. */
export interface Limits {
  /**
   * Counts each call of a message, and its answer as one that is open.
   *
   * @param decisions - All of them allowed.
   * @param now - Milliseconds since the epoch.
   */
  admit<S extends string>(
    principal: Principal,
    decisions: readonly OperationDecision<S>[],
    now: number,
  ): Promise<Admission<S>>;
  /** How many answers are under way, of all principals. */
  readonly open: number;
}

/** How long a limiter may take, in milliseconds. */
const LIMITER_MS = 2000;
/** After how many seconds somebody with too many open answers may try again: nobody knows when one of them ends. */
const OPEN_RETRY = 5;

/** Makes the limits of one resource. Its options have no problems. */
export function createLimits({ limits = {} }: LimitOptions): Limits {
  const { calls = { perMinute: 600 }, open: most = 64 } = limits;
  const limiter = limiterOf(calls);
  const open = openAnswers(most);

  async function count<S extends string>(
    owner: string,
    decisions: readonly OperationDecision<S>[],
    now: number,
  ): Promise<Verdict<S> | undefined> {
    for (const call of decisions.flatMap((decision) => countedCalls(owner, decision))) {
      if (calls === 'unlimited' && call.perMinute === undefined) continue;
      try {
        const given = limiter.take(call, now);
        const verdict = 'then' in given ? await inTime(given) : given;
        if (verdict.allowed === true) continue;
        const { retryAfterSeconds: retryAfter } = verdict;
        return { allowed: false, reason: 'rate_limited', retryAfter };
      } catch {
        return { allowed: false, reason: 'limiter_unavailable' };
      }
    }
    return undefined;
  }

  return {
    get open() {
      return open.size;
    },
    async admit(principal, decisions, now) {
      const owner = ownerOf(principal);
      const refused = await count(owner, decisions, now);
      if (refused) return { decisions: decisions.map((one) => ({ ...one, decision: refused })) };
      // An answer to the server, a cancellation, the end of a session: what makes room must not wait for it.
      if (!decisions.some(staysOpen)) return { decisions };
      const end = open.begin(owner);
      if (end) return { decisions, end };
      const decision = { allowed: false, reason: 'too_many_open', retryAfter: OPEN_RETRY } as const;
      return { decisions: decisions.map((one) => ({ ...one, decision })) };
    },
  };
}

/** Whether there is an answer to wait for, or a stream to listen to. */
function staysOpen<S extends string>({ operation }: OperationDecision<S>): boolean {
  return operation.id !== undefined || operation.method === 'GET';
}

/** What is wrong with the options. */
export function limitProblems({ limits = {} }: LimitOptions): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const { calls, open } = limits;
  if (calls !== undefined && calls !== 'unlimited' && !isLimiter(calls)) {
    if (!(Number.isSafeInteger(calls?.perMinute) && calls.perMinute >= 1)) {
      const problem = 'is neither a number of calls "perMinute", nor a CallLimiter.';
      const remedy = 'Leave it out for 600 per minute, or pass "unlimited".';
      problems.push({ option: 'limits.calls', problem, remedy });
    }
  }
  if (open !== undefined && !(Number.isSafeInteger(open) && open >= 1)) {
    const problem = `must be a whole number of answers; got ${String(open)}.`;
    problems.push({ option: 'limits.open', problem, remedy: 'Leave it out for 64.' });
  }
  return problems;
}

type Calls = { readonly perMinute: number } | CallLimiter;

const isLimiter = (calls: Calls): calls is CallLimiter =>
  typeof (calls as Partial<CallLimiter> | null)?.take === 'function';
const limiterOf = (calls: Calls | 'unlimited'): CallLimiter => {
  if (calls === 'unlimited') return memoryCallLimiter(Number.POSITIVE_INFINITY);
  return isLimiter(calls) ? calls : memoryCallLimiter(calls.perMinute);
};

/** One for each entry that sets a rate, the strictest first, so that what it refuses costs the others nothing. Without any, one at the usual rate. */
function countedCalls<S extends string>(
  owner: string,
  { operation, subject, entries = [] }: OperationDecision<S>,
): readonly CountedCall[] {
  const { method } = operation;
  // An entry may fit several times: each spelling of a URI, each resource of a subscription.
  const own = new Map<string | undefined, CountedCall>();
  for (const { entry, name } of entries) {
    const { perMinute } = entry;
    if (perMinute === undefined || entry.enforce === 'report') continue;
    own.set(name, { owner, method, ...(name === undefined ? {} : { name }), perMinute });
  }
  if (own.size > 0) {
    return [...own.values()].sort((a, b) => (a.perMinute ?? 0) - (b.perMinute ?? 0));
  }
  // Clients make up resources and notifications as they like, and must not thereby make up budgets.
  const named = subject !== undefined && subject.section !== 'resources';
  const counted = method.startsWith('notifications/') ? 'notifications' : method;
  return [{ owner, method: counted, ...(named ? { name: subject.names.join(' ') } : {}) }];
}

/** The answer of a limiter that is somewhere else, or an error when it takes too long. */
async function inTime(verdict: PromiseLike<CallVerdict>): Promise<CallVerdict> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The limiter took too long.')), LIMITER_MS);
  });
  try {
    return await Promise.race([verdict, late]);
  } finally {
    clearTimeout(timer);
  }
}
