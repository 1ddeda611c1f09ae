import { runInNewContext } from 'node:vm';
import type { Principal } from '@portcullis/core';
import { afterEach, expect, it, vi } from 'vitest';
import type { OperationDecision } from '../policy/decision.js';
import { limitedResponse } from './answers.js';
import type { CallLimiter } from './call-limiter.js';
import { createLimits } from './limits.js';

afterEach(() => {
  vi.useRealTimers();
});

const ada: Principal = {
  ...{ kind: 'principal', actor: 'user', issuer: 'https://as.example', subject: 'ada' },
  ...{ clientId: 'client-1', tokenId: 'token-1', scopes: [], expiresAt: 2_000_000_000, claims: {} },
};
const decision = { allowed: true, required: [] } as const;
const called = (method: string): OperationDecision<string> => ({
  operation: { method, params: {}, id: 1 },
  decision,
});
const START = 1_800_000_000_000;
const reasonOf = ([one]: readonly OperationDecision<string>[]) =>
  one && 'reason' in one.decision ? one.decision.reason : 'allowed';

it('waits two seconds for whoever counts, and then lets nothing through', async () => {
  vi.useFakeTimers();
  const take: CallLimiter['take'] = () => new Promise(() => {});
  const limits = createLimits({ limits: { calls: { take } } });
  const admission = limits.admit(ada, [called('tools/list')], START);
  await vi.advanceTimersByTimeAsync(2000);
  expect(reasonOf((await admission).decisions)).toBe('limiter_unavailable');
  expect([limits.open, vi.getTimerCount()]).toEqual([0, 0]);
});

it('leaves no timer behind when whoever counts is quick, and takes any promise', async () => {
  vi.useFakeTimers();
  // Of another realm: it is no instance of our Promise.
  const take: CallLimiter['take'] = () => runInNewContext('Promise.resolve({ allowed: true })');
  const limits = createLimits({ limits: { calls: { take } } });
  const { decisions, end } = await limits.admit(ada, [called('tools/list')], START);
  expect([reasonOf(decisions), limits.open, vi.getTimerCount()]).toEqual(['allowed', 1, 0]);
  end?.();
  expect(limits.open).toBe(0);
});

it('takes nothing but a plain yes for one, and asks nobody to wait for a time that is none', async () => {
  for (const verdict of [{}, { allowed: 'yes' }, { allowed: 1 }]) {
    const take = (() => verdict) as unknown as CallLimiter['take'];
    const limits = createLimits({ limits: { calls: { take } } });
    const { decisions } = await limits.admit(ada, [called('tools/list')], START);
    expect([verdict, reasonOf(decisions)]).toEqual([verdict, 'rate_limited']);
  }
  for (const seconds of [Number.NaN, undefined, -5, 0.2, 'soon', Symbol('soon'), 5n]) {
    const answer = limitedResponse('rate_limited', seconds as number);
    expect([seconds, answer.headers.get('retry-after')]).toEqual([seconds, '1']);
  }
  for (const seconds of [Number.POSITIVE_INFINITY, 1e300, 86_401]) {
    const answer = limitedResponse('rate_limited', seconds);
    expect([seconds, answer.headers.get('retry-after')]).toEqual([seconds, '86400']);
  }
});

it('has one budget for all notifications, whatever they are called', async () => {
  const limits = createLimits({ limits: { calls: { perMinute: 2 } } });
  const reasons = [];
  for (const name of ['initialized', 'made-up-1', 'made-up-2']) {
    const { decisions, end } = await limits.admit(ada, [called(`notifications/${name}`)], START);
    end?.();
    reasons.push(reasonOf(decisions));
  }
  expect(reasons).toEqual(['allowed', 'allowed', 'rate_limited']);
});

it('lets six hundred calls a minute pass unless told otherwise, or all of them', async () => {
  const [usual, free] = [createLimits({}), createLimits({ limits: { calls: 'unlimited' } })];
  const passed = [0, 0];
  for (let times = 0; times < 700; times += 1) {
    for (const [index, limits] of [usual, free].entries()) {
      const { end } = await limits.admit(ada, [called('tools/list')], START);
      end?.();
      if (end) passed[index] = (passed[index] ?? 0) + 1;
    }
  }
  expect(passed).toEqual([600, 700]);
});

it('holds entries to their own rates also where all else is unlimited (RS-91)', async () => {
  const limits = createLimits({ limits: { calls: 'unlimited' } });
  const entry = { needs: [], perMinute: 1 };
  const entries = [{ entry, name: 'pay', input: {} }];
  const limited = { ...called('tools/call'), entries };
  const reported = {
    ...limited,
    entries: [{ ...entries[0], entry: { ...entry, enforce: 'report' } }],
  };
  const reasons = [];
  for (const one of [limited, limited, reported, reported]) {
    const { decisions } = await limits.admit(ada, [one as OperationDecision<string>], START);
    reasons.push(reasonOf(decisions));
  }
  expect(reasons).toEqual(['allowed', 'rate_limited', 'allowed', 'allowed']);
});

it('counts an operation once for an entry that fits it several times', async () => {
  const limits = createLimits({ limits: { calls: { perMinute: 1 } } });
  const entry = { needs: [], perMinute: 2 };
  const fitting = ['a', 'b', 'c'].map((id) => ({ entry, name: 'notes://{id}', input: { id } }));
  const listening = { ...called('subscriptions/listen'), entries: fitting };
  expect(reasonOf((await limits.admit(ada, [listening], START)).decisions)).toBe('allowed');
  expect(reasonOf((await limits.admit(ada, [listening], START)).decisions)).toBe('allowed');
  expect(reasonOf((await limits.admit(ada, [listening], START)).decisions)).toBe('rate_limited');
});

it('keeps room for answers and for the streams of sessions, and makes nobody wait who makes room', async () => {
  const limits = createLimits({ limits: { open: 1 } });
  const { operation: _, ...rest } = called('GET');
  const without = (method: string) => ({ ...rest, operation: { method, params: {} } });
  const stream = await limits.admit(ada, [without('GET')], START);
  expect(limits.open).toBe(1);
  expect(reasonOf((await limits.admit(ada, [called('tools/list')], START)).decisions)).toBe(
    'too_many_open',
  );
  for (const method of ['notifications/cancelled', 'response', 'DELETE']) {
    const { decisions, end } = await limits.admit(ada, [without(method)], START);
    expect([method, reasonOf(decisions), end]).toEqual([method, 'allowed', undefined]);
  }
  stream.end?.();
  expect(limits.open).toBe(0);
});

it('asks for the strictest rate first, so that what it refuses costs no other', async () => {
  const asked: unknown[] = [];
  const take: CallLimiter['take'] = ({ name, perMinute }) => {
    asked.push([name, perMinute]);
    return { allowed: false, retryAfterSeconds: 1 };
  };
  const limits = createLimits({ limits: { calls: { take } } });
  const entries = [9, 3, 5].map((perMinute) => ({
    ...{ entry: { needs: [], perMinute }, name: `s://${perMinute}/{id}`, input: {} },
  }));
  await limits.admit(ada, [{ ...called('resources/read'), entries }], START);
  expect(asked).toEqual([['s://3/{id}', 3]]);
});
