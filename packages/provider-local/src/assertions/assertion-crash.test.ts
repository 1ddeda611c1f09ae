import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  type Answer,
  type Attempt,
  crashesAtEveryStep,
} from '../grants/__fixtures__/crash-table.js';
import type { TestIssuer } from '../issuer.harness.js';
import { crashingStore } from '../store/__fixtures__/crashing-store.js';
import { memoryStore } from '../store/memory-store.js';
import {
  desktop,
  type FakeAuthority,
  identityAssertion,
  present,
  startAuthority,
  startTrusting,
  workloadAssertion,
} from './assertions.harness.js';

describe('a store that crashes', () => {
  const store = crashingStore(memoryStore());
  let idp: FakeAuthority;
  let platform: FakeAuthority;
  let issuer: TestIssuer;
  beforeAll(async () => {
    [idp, platform] = await Promise.all([startAuthority(), startAuthority()]);
    issuer = await startTrusting(idp, platform, { store, rateLimits: false });
  });
  afterAll(async () => {
    await issuer.close();
    await idp.close();
    await platform.close();
  });

  /** The same assertion at each try. */
  const attempt = (assertion: string, form: Readonly<Record<string, string>>): Attempt => {
    const send = async (): Promise<Answer> => {
      const { status, headers, body } = await present(issuer, assertion, form);
      return { status, retryAfter: headers.get('retry-after'), body };
    };
    const verdict = async (value: unknown) => {
      const { resource, provider } = issuer;
      const context = { resource, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) };
      return (await provider.verify({ scheme: 'Bearer', value: String(value) }, context)).kind;
    };
    return {
      send,
      async check({ status, body }) {
        expect([status, body.error]).toEqual([200, undefined]);
        expect(await verdict(body.access_token)).toBe('principal');
        expect(await send()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
        expect(await verdict(body.access_token)).toBe('principal');
      },
    };
  };

  crashesAtEveryStep(store, {
    'an assertion of an identity provider': async () =>
      attempt(await identityAssertion(idp, issuer), desktop),
    'an assertion of a platform': async () =>
      attempt(await workloadAssertion(platform, issuer), {}),
  });
});
