import { describe, expect, it } from 'vitest';
import type { ProviderHarness } from './contract/harness.js';
import { createFakeIssuer } from './fake-issuer.js';
import { providerContract } from './provider-contract.js';

async function setUp(): Promise<ProviderHarness> {
  const issuer = await createFakeIssuer();
  const keys = { retryAfter: 0, timeoutMs: 200 };
  return {
    provider: issuer.provider({ keys }),
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
    restart: (snapshot) => issuer.provider({ keys: { ...keys, ...(snapshot && { snapshot }) } }),
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

  /** The cases by name, run by hand against a harness. */
  function casesOf(setUpOther: () => Promise<ProviderHarness>) {
    const cases = new Map<string, () => Promise<void>>();
    const recorder = Object.assign(
      (name: string, run: () => Promise<void>) => cases.set(name.replace(/^p /, ''), run),
      { skip: () => undefined },
    );
    providerContract({ it: recorder, name: 'p', setUp: setUpOther });
    return cases;
  }

  it('reports every pair of faults that a provider answers in an order of its own', async () => {
    const cases = casesOf(async () => {
      const harness = await setUp();
      const verify: ProviderHarness['provider']['verify'] = async (token, context) => {
        const payload = Buffer.from(token.value.split('.')[1] ?? '', 'base64url').toString();
        const { exp } = JSON.parse(payload) as { exp?: unknown };
        const expired = typeof exp === 'number' && exp < context.now;
        if (expired) return { kind: 'rejection', code: 'token_expired', detail: 'Expired.' };
        return harness.provider.verify(token, context);
      };
      return { ...harness, provider: { ...harness.provider, verify } };
    });
    const sentence = 'answers every pair of simultaneous token faults as every other provider does';
    const error: unknown = await cases
      .get(sentence)?.()
      .catch((thrown: unknown) => thrown);
    expect((error as { actual: unknown }).actual).toEqual([
      'alg_none + expired: signature_invalid expected, token_expired given',
      'hmac_with_public_key + expired: signature_invalid expected, token_expired given',
      'wrong_key + expired: signature_invalid expected, token_expired given',
      'unknown_key + expired: signature_invalid expected, token_expired given',
      'tampered + expired: signature_invalid expected, token_expired given',
      'wrong_type + expired: claims_invalid expected, token_expired given',
      'critical_extension + expired: token_malformed expected, token_expired given',
      'wrong_issuer + expired: issuer_unknown expected, token_expired given',
      'wrong_audience + expired: audience_mismatch expected, token_expired given',
      'no_audience + expired: audience_mismatch expected, token_expired given',
    ]);
  });

  it('fails where the harness cannot do what a case needs and no reason was given', async () => {
    const cases = casesOf(async () => {
      const {
        publish: _publish,
        misnameIssuer: _misname,
        redirected: _no,
        restart: _restart,
        ...rest
      } = await setUp();
      return rest;
    });
    for (const [sentence, member, kind] of [
      ['verifies with no published key that holds its private part', 'publish', 'private_key'],
      [
        'trusts no metadata that names another issuer (RFC 8414 §3.3)',
        'misnameIssuer',
        'misnamed_issuer',
      ],
      [
        'starts with the keys of the process before it while the issuer is down (RS-63)',
        'restart',
        'restart',
      ],
    ] as const) {
      await expect(cases.get(sentence)?.()).rejects.toThrow(
        `The harness has no "${member}". Add it, or give "skip.${kind}" a reason.`,
      );
    }
  });

  it('fails for a provider that keeps no keys over a restart', async () => {
    const cases = casesOf(async () => {
      const { restart, breakIssuer, ...harness } = await setUp();
      let forgets = false;
      return {
        ...harness,
        breakIssuer(fault) {
          forgets = true;
          return breakIssuer(fault);
        },
        restart: (keys) => restart?.(forgets ? undefined : keys) ?? harness.provider,
      };
    });
    const run = cases.get(
      'starts with the keys of the process before it while the issuer is down (RS-63)',
    );
    await expect(run?.()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  });

  it('fails for a provider that turns an outage into a verdict, or never recovers', async () => {
    const cases = casesOf(async () => {
      const harness = await setUp();
      let poisoned = false;
      const verify: ProviderHarness['provider']['verify'] = async (token, context) => {
        if (poisoned) return { kind: 'rejection', code: 'token_malformed', detail: 'Poisoned.' };
        return harness.provider.verify(token, context).catch((error: unknown) => {
          poisoned = true;
          throw error;
        });
      };
      return { ...harness, provider: { ...harness.provider, verify } };
    });
    const run = cases.get(
      'throws an outage when the issuer is asked for the first time: empty_object; answers when it is repaired',
    );
    await expect(run?.()).rejects.toThrow('Missing expected rejection');
  });
});
