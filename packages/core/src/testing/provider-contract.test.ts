import { describe, expect, it } from 'vitest';
import type { ProviderHarness } from './contract/harness.js';
import { createFakeIssuer } from './fake-issuer.js';
import { providerContract } from './provider-contract.js';

async function setUp(): Promise<ProviderHarness> {
  const issuer = await createFakeIssuer();
  return {
    provider: issuer.provider({ keys: { retryAfter: 0, timeoutMs: 200 } }),
    resource: issuer.resource,
    mint: (scopes) => issuer.mint({ scopes }),
    mintForClient: (clientId) => issuer.mintForClient(clientId),
    mintWith: (change) => issuer.mint(change),
    breakIssuer: (fault) => issuer.breakWith(fault),
    repairIssuer: () => issuer.repair(),
    fetches: () => issuer.fetches.keys,
    rotate: () => issuer.rotate(),
    withdraw: () => issuer.rotate({ withdraw: true }),
    publish: (...keys) => issuer.publish(...keys),
    misnameIssuer: () => issuer.misname('https://other.example.com'),
    redirected: () => issuer.fetches.redirected,
    close: () => issuer.close(),
  };
}

describe('providerContract', () => {
  providerContract({ it, name: 'the fake issuer’s provider', setUp });

  it('prints the reason of a case that is skipped, and runs no set-up for it', () => {
    const skipped: string[] = [];
    const recorder = Object.assign(() => undefined, {
      skip: (name: string) => skipped.push(name),
    });
    const skip = { no_client: 'the vendor has no clients' };
    providerContract({ it: recorder, name: 'p', setUp, skip });
    expect(skipped).toEqual([
      'p refuses a bad token: no_client (skipped: the vendor has no clients)',
    ]);
  });

  it.each([
    ['accepts anything', async () => ({ kind: 'principal', scopes: [], actor: 'user' })],
    ['refuses anything', async () => ({ kind: 'rejection', code: 'token_malformed', detail: '' })],
    ['is down', async () => Promise.reject(new Error('socket'))],
  ])('fails for a provider that %s', async (_, verify) => {
    const runs: (() => Promise<void>)[] = [];
    const recorder = Object.assign((_name: string, run: () => Promise<void>) => runs.push(run), {
      skip: () => undefined,
    });
    const wrong = async () => {
      const harness = await setUp();
      return { ...harness, provider: { ...harness.provider, verify } } as ProviderHarness;
    };
    providerContract({ it: recorder, name: 'wrong', setUp: wrong });
    const results = await Promise.allSettled(runs.slice(1, 12).map((run) => run()));
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(8);
  });
});
