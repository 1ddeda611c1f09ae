import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIssuer } from '../issuer.harness.js';
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
import { createTrustedAssertions } from './trusted-assertions.js';

const at = { issuer: 'https://as.example' };
let authority: FakeAuthority;
beforeAll(async () => {
  authority = await startAuthority();
});
afterAll(() => authority.close());

describe('a workload', () => {
  it('is judged by verified claims, whatever it was taken for before (EXT-62)', async () => {
    const { issuer } = authority;
    const subject = 'system:serviceaccount:reports:nightly';
    const scopes = ['mcp:tools:weather'];
    const store = memoryStore();
    const trusted = createTrustedAssertions({
      ...at,
      store,
      defaultResource: 'https://finance.example/mcp',
      identityProviders: [],
      workloadIssuers: [
        {
          issuer,
          workloads: [
            { clientId: 'report', subject, scopes },
            { clientId: 'toString', subject, claims: { toString: 'x' }, scopes },
          ],
        },
      ],
    });
    const fits = await trusted.workload('report', await workloadAssertion(authority, at));
    expect(fits.of.clientId).toBe('report');
    const refusal = {
      error: 'invalid_grant',
      error_detail: 'The assertion is not of this workload.',
    };
    const other = await workloadAssertion(authority, at, { claims: { sub: 'other' } });
    await expect(trusted.workload('report', other)).rejects.toMatchObject(refusal);
    const good = await workloadAssertion(authority, at);
    await expect(trusted.workload('toString', good)).rejects.toMatchObject(refusal);
    await store.close();
  });

  it('is told from others by its server, also by the one that it need not name (EXT-62)', async () => {
    const subject = 'system:serviceaccount:reports:nightly';
    const scopes = ['mcp:tools:weather'];
    const store = memoryStore();
    const trusted = createTrustedAssertions({
      ...at,
      store,
      defaultResource: 'https://finance.example/mcp',
      identityProviders: [],
      workloadIssuers: [
        {
          issuer: authority.issuer,
          workloads: [
            { clientId: 'elsewhere', subject, resource: 'https://other.example/mcp', scopes },
            { clientId: 'here', subject, scopes },
          ],
        },
      ],
    });
    const assertion = await workloadAssertion(authority, at);
    const claimed = (resource?: string) => trusted.claimedWorkload(assertion, resource)?.clientId;
    expect(claimed('https://finance.example/mcp')).toBe('here');
    expect(claimed('https://other.example/mcp')).toBe('elsewhere');
    expect(claimed()).toBe('elsewhere');
    await store.close();
  });
});

describe('what an assertion leaves in the store', () => {
  it('goes soon after its token, the mark of its use too', async () => {
    const store = memoryStore();
    const kept = new Map<string, number | undefined>();
    const now = Math.floor(Date.now() / 1000);
    const issuer = await startTrusting(authority, authority, {
      store: {
        ...store,
        write(kind, id, payload, options) {
          if (kind === 'Grant' || kind === 'LiveAccess') kept.set(kind, options?.expiresAt);
          return store.write(kind, id, payload, options);
        },
        insertIfAbsent(kind, id, expiresAt, payload) {
          if (kind === 'SeenAssertion') kept.set(kind, expiresAt);
          return store.insertIfAbsent(kind, id, expiresAt, payload);
        },
      },
    });
    const claims = { exp: now + 200 };
    const assertion = await identityAssertion(authority, issuer, { claims });
    expect((await present(issuer, assertion, desktop)).status).toBe(200);
    const within = (kind: string) => Number(kept.get(kind)) - now;
    expect(within('SeenAssertion')).toBe(260);
    for (const kind of ['Grant', 'LiveAccess']) {
      expect(within(kind)).toBeGreaterThanOrEqual(300);
      expect(within(kind)).toBeLessThanOrEqual(370);
    }
    await issuer.close();
  });
});

it('takes no part where nobody is trusted', async () => {
  const plain = await startIssuer();
  const { body } = await present(plain, await workloadAssertion(authority, plain));
  expect(body.error).toBe('invalid_request');
  await plain.close();
});
