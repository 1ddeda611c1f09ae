import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProviderUnavailableError } from '../errors.js';
import { createGate } from '../gate.js';
import { defineScopes } from '../scope/scope-vocabulary.js';
import type { Principal } from '../token/principal.js';
import { type Rejection, rejection } from '../token/rejection.js';
import type { AuthProvider } from './auth-provider.js';

const start = 1_800_000_000;
beforeEach(() => void vi.useFakeTimers({ now: start * 1000 }));
afterEach(() => void vi.useRealTimers());

const seconds = () => Date.now() / 1000;
const wait = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

function principalFor(freshUntil?: number): Principal {
  return {
    kind: 'principal',
    actor: 'user',
    ...{ issuer: 'https://as.example', subject: 'ada', clientId: 'client-1', tokenId: 'token-1' },
    ...{ scopes: [], expiresAt: start + 3600, claims: {} },
    ...(freshUntil === undefined ? {} : { freshUntil }),
  };
}

/** A gate over an issuer that is only ever asked, and how often it was. */
async function listening(answer: () => Promise<Principal | Rejection>) {
  const asked: number[] = [];
  const provider: AuthProvider = {
    specificationVersion: 'v1',
    id: 'asked',
    authorizationServers: ['https://as.example'],
    verify() {
      asked.push(seconds() - start);
      return answer();
    },
  };
  const gate = createGate({
    resource: 'https://mcp.example.com/mcp',
    provider,
    scopes: defineScopes({ 'mcp:tools:pay': { description: 'Pay a bill.' } }),
  });
  const headers = { authorization: 'Bearer good' };
  const caller = await gate.authenticate(new Request(gate.resource, { headers }));
  if (caller.kind !== 'caller') throw new Error('It was challenged.');
  const told: number[] = [];
  const unwatch = caller.onRevoked?.(() => void told.push(seconds() - start));
  return { asked, told, unwatch };
}

it('tells of a token that is refused when its answer is no longer fresh (RS-86, ATK-72)', async () => {
  let revoked = false;
  const { asked, told } = await listening(async () =>
    revoked ? rejection('token_revoked', 'It is not active.') : principalFor(seconds() + 30),
  );
  await wait(100);
  expect([asked, told]).toEqual([[0, 30, 60, 90], []]);
  revoked = true;
  await wait(3000);
  expect([asked.slice(4), told]).toEqual([[120], [120]]);
  expect(vi.getTimerCount()).toBe(0);
});

it('takes an outage for no verdict, and asks again soon', async () => {
  let answer: () => Promise<Principal | Rejection> = async () => principalFor(seconds() + 30);
  const { asked, told } = await listening(() => answer());
  answer = async () => {
    throw new ProviderUnavailableError('The issuer is away.');
  };
  await wait(41);
  expect([asked, told]).toEqual([[0, 30, 35, 40], []]);
  answer = async () => rejection('token_revoked', 'It is not active.');
  await wait(5);
  expect(told).toEqual([45]);
});

it('asks no longer once nobody is served, be it while it waits for an answer', async () => {
  const { asked, told, unwatch } = await listening(async () => principalFor(seconds() + 30));
  unwatch?.();
  expect(vi.getTimerCount()).toBe(0);
  await wait(100);
  expect([asked, told]).toEqual([[0], []]);

  let refuse: ((answer: Rejection) => void) | undefined;
  let first = true;
  const slow = await listening(async () => {
    if (first) {
      first = false;
      return principalFor(seconds() + 30);
    }
    return new Promise<Rejection>((resolve) => {
      refuse = resolve;
    });
  });
  await wait(31);
  slow.unwatch?.();
  refuse?.(rejection('token_revoked', 'It is not active.'));
  await wait(100);
  expect([slow.asked.length, slow.told, vi.getTimerCount()]).toEqual([2, [], 0]);
});

it('has nothing to ask where the answer holds as long as the token', async () => {
  const { asked, unwatch } = await listening(async () => principalFor());
  await wait(4000);
  expect([asked, unwatch]).toEqual([[0], undefined]);
});
