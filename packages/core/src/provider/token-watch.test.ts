import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProviderUnavailableError } from '../errors.js';
import { createGate } from '../gate.js';
import { defineScopes } from '../scope/scope-vocabulary.js';
import type { Principal } from '../token/principal.js';
import { type Rejection, rejection } from '../token/rejection.js';
import type { AuthProvider, Revocation } from './auth-provider.js';

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

/** A gate over an issuer, and how often that was asked: with `tell`, it also tells of revocations by itself. */
async function listening(answer: () => Promise<Principal | Rejection>, tells = false) {
  const asked: number[] = [];
  const listeners = new Set<(revocation: Revocation) => void>();
  const tell = () => {
    for (const listen of listeners) listen({ kind: 'subject', subject: 'ada' });
  };
  const provider: AuthProvider = {
    specificationVersion: 'v1',
    id: 'asked',
    authorizationServers: ['https://as.example'],
    verify() {
      asked.push(seconds() - start);
      return answer();
    },
    ...(tells && {
      onRevocation(listen) {
        listeners.add(listen);
        return () => listeners.delete(listen);
      },
    }),
  };
  const gate = createGate({
    resource: 'https://mcp.example.com/mcp',
    provider,
    scopes: defineScopes({ 'mcp:tools:pay': { description: 'Pay a bill.' } }),
    // Whoever asks it again is seen to ask.
    remembered: 0,
  });
  const headers = { authorization: 'Bearer good' };
  const caller = await gate.authenticate(new Request(gate.resource, { headers }));
  if (caller.kind !== 'caller') throw new Error('It was challenged.');
  const told: number[] = [];
  const watch = () => caller.onRevoked?.(() => void told.push(seconds() - start));
  return { asked, told, tell, watch };
}

it('tells of a token that is refused when its answer is no longer fresh (RS-86, ATK-72)', async () => {
  let revoked = false;
  const { asked, told, watch } = await listening(async () =>
    revoked ? rejection('token_revoked', 'It is not active.') : principalFor(seconds() + 30),
  );
  watch();
  await wait(100);
  expect([asked, told]).toEqual([[0, 30, 60, 90], []]);
  revoked = true;
  await wait(3000);
  expect([asked.slice(4), told]).toEqual([[120], [120]]);
  expect(vi.getTimerCount()).toBe(0);
});

it('takes an outage for no verdict, and asks again soon', async () => {
  let answer: () => Promise<Principal | Rejection> = async () => principalFor(seconds() + 30);
  const { asked, told, watch } = await listening(() => answer());
  watch();
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
  const { asked, told, watch } = await listening(async () => principalFor(seconds() + 30));
  watch()?.();
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
  const unwatch = slow.watch();
  await wait(31);
  unwatch?.();
  refuse?.(rejection('token_revoked', 'It is not active.'));
  await wait(100);
  expect([slow.asked.length, slow.told, vi.getTimerCount()]).toEqual([2, [], 0]);
});

it('has nothing to ask where the answer holds as long as the token', async () => {
  const { asked, watch } = await listening(async () => principalFor());
  const unwatch = watch();
  await wait(4000);
  expect([asked, unwatch]).toEqual([[0], undefined]);
});

it('asks nobody who tells by itself, where the answer holds as long as the token', async () => {
  const { asked, told, tell, watch } = await listening(async () => principalFor(), true);
  watch();
  await wait(4000);
  expect([asked, told]).toEqual([[0], []]);
  tell();
  expect(told).toEqual([4000]);
});

it('tells once of what it was told, and asks no longer', async () => {
  const fresh = async () => principalFor(seconds() + 30);
  const { asked, told, tell, watch } = await listening(fresh, true);
  watch();
  await wait(40);
  tell();
  tell();
  expect(vi.getTimerCount()).toBe(0);
  await wait(100);
  expect([asked, told]).toEqual([[0, 30], [40]]);
});

it('tells at once of what came between the answer and the watch, and asks nobody', async () => {
  const fresh = async () => principalFor(seconds() + 30);
  const { asked, told, tell, watch } = await listening(fresh, true);
  tell();
  watch();
  expect([told, vi.getTimerCount()]).toEqual([[0], 0]);
  await wait(100);
  expect(asked).toEqual([0]);
});

it('waits as long as a timer can for an answer that is fresh for longer', async () => {
  const { asked, watch } = await listening(async () => principalFor(start + 10_000_000));
  watch();
  await wait(2_147_483);
  expect(asked).toEqual([0]);
  await wait(1);
  expect(asked.map(Math.floor)).toEqual([0, 2_147_483]);
});
