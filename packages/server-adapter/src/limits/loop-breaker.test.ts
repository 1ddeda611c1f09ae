import type { Principal } from '@portcullis/core';
import { expect, it } from 'vitest';
import type { OperationDecision } from '../policy/decision.js';
import { loopBreaker } from './loop-breaker.js';

const principal = (subject: string, tokenId: string): Principal => ({
  ...{ kind: 'principal', actor: 'user', issuer: 'https://as.example', subject, tokenId },
  ...{ clientId: 'client-1', scopes: [], expiresAt: 2_000_000_000, claims: {} },
});
const required = ['mcp:tools:pay'];
const decisions: readonly OperationDecision<string>[] = [
  {
    operation: { method: 'tools/call', params: { name: 'pay' }, id: 1 },
    decision: { allowed: false, required, missing: required },
  },
];

it('remembers ten thousand challenges, and gives up the oldest for the next', async () => {
  const breaker = loopBreaker();
  const judge = async (subject: string, tokenId: string) => {
    const [one] = await breaker.judge(principal(subject, tokenId), decisions, 1000);
    return one?.decision && 'reason' in one.decision ? one.decision.reason : 'challenged';
  };
  for (const token of ['1', '2']) expect(await judge('ada', token)).toBe('challenged');
  expect(await judge('ada', '3')).toBe('challenge_exhausted');
  for (let index = 0; index < 9999; index += 1) await judge(`user-${index}`, '1');
  expect(await judge('ada', '3')).toBe('challenge_exhausted');
  await judge('one-more', '1');
  expect(await judge('ada', '3')).toBe('challenged');
});

it('leaves alone what it would not help to ask for, and what is allowed', async () => {
  const breaker = loopBreaker();
  const [challenged] = decisions;
  const unobtainable = { allowed: false, reason: 'unobtainable', required, missing: required };
  const mixed = [challenged, { ...challenged, decision: unobtainable }] as typeof decisions;
  const allowed = [{ ...challenged, decision: { allowed: true, required } }] as typeof decisions;
  for (const given of [mixed, allowed]) {
    for (const token of ['1', '2', '3', '4']) {
      expect(await breaker.judge(principal('ada', token), given, 1000)).toBe(given);
    }
  }
});

it('counts each operation apart: a refreshed token that meets another closed door is no loop', async () => {
  const breaker = loopBreaker();
  const [one] = decisions;
  const about = (name: string) =>
    [{ ...one, subject: { section: 'tools', names: [name] } }] as typeof decisions;
  for (const [index, name] of ['pay', 'refund', 'transfer', 'withdraw'].entries()) {
    const given = about(name);
    expect(await breaker.judge(principal('ada', `token-${index}`), given, 1000)).toBe(given);
  }
  await breaker.judge(principal('ada', 'token-4'), about('pay'), 1000);
  const [again] = await breaker.judge(principal('ada', 'token-5'), about('pay'), 1000);
  expect(again?.decision).toMatchObject({ reason: 'challenge_exhausted' });
});

it('lets a sign-in that is only on trial end no count', async () => {
  const breaker = loopBreaker();
  const [one] = decisions;
  const stale = { allowed: false, reason: 'stale', required: [], missing: [], maxAge: 60 };
  const refused = [{ ...one, decision: stale }] as unknown as typeof decisions;
  const passed = (enforce?: 'report') =>
    [
      {
        ...one,
        decision: { allowed: true, required: [] },
        entries: [{ entry: { needs: [], maxAge: 60, enforce }, input: {} }],
      },
    ] as unknown as typeof decisions;
  const judge = async (tokenId: string, given: typeof decisions) => {
    const [judged] = await breaker.judge(principal('ada', tokenId), given, 1000);
    return judged?.decision && 'reason' in judged.decision ? judged.decision.reason : 'allowed';
  };
  expect([await judge('1', refused), await judge('2', refused)]).toEqual(['stale', 'stale']);
  expect(await judge('3', passed('report'))).toBe('allowed');
  expect(await judge('4', refused)).toBe('challenge_exhausted');
  expect(await judge('5', passed())).toBe('allowed');
  expect(await judge('6', refused)).toBe('stale');
});
