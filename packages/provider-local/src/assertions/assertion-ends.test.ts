import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestIssuer } from '../issuer.harness.js';
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

const store = memoryStore();
let authority: FakeAuthority;
let issuer: TestIssuer;
beforeAll(async () => {
  authority = await startAuthority();
  issuer = await startTrusting(authority, authority, { store });
});
afterAll(async () => {
  await issuer.close();
  await authority.close();
});

const now = () => Math.floor(Date.now() / 1000);
type Claims = Readonly<Record<string, unknown>>;
const asAda = async (claims: Claims) => {
  const assertion = await identityAssertion(authority, issuer, { claims });
  return (await present(issuer, assertion, desktop)).body.error ?? 'token';
};
const asReport = async (claims: Claims) => {
  const assertion = await workloadAssertion(authority, issuer, { claims });
  return (await present(issuer, assertion)).body.error ?? 'token';
};

describe('the life of an assertion', () => {
  it('is short from its beginning: of a long one the end is no good either (EXT-28)', async () => {
    expect(await asAda({ iat: now() - 900, exp: now() + 60 })).toBe('invalid_grant');
    expect(issuer.events().at(-1)?.detail).toBe('The assertion lasts longer than 600 seconds.');
    // By now it may be forgotten that all access of the workload was ended in between.
    expect(await asReport({ iat: now() - 25 * 3600, exp: now() + 60 })).toBe('invalid_grant');
    expect(issuer.events().at(-1)?.detail).toBe('The assertion lasts longer than 3600 seconds.');
  });

  it('may be all that is allowed where clocks differ', async () => {
    expect(await asAda({ iat: now() + 30, exp: now() + 630 })).toBe('token');
    expect(await asReport({ iat: now() + 30, exp: now() + 3630 })).toBe('token');
  });
});

describe('an assertion of before a person took a client its access', () => {
  it('brings the client nothing back, and leaves nothing that looks connected (AS-121)', async () => {
    const pair = { subject: 'user:ada', clientId: 'desktop' };
    const held = async () =>
      (await store.readByAlias('LiveAccess', JSON.stringify(['user:ada', 'desktop'])))?.payload;
    const before = { iat: now() };
    expect(await asAda(before)).toBe('token');
    expect(await held()).toMatchObject(pair);
    await issuer.provider.revoke(pair);
    expect(await asAda(before)).toBe('invalid_grant');
    expect(issuer.events().at(-1)?.detail).toBe(
      'The assertion is older than the end of all access.',
    );
    expect(await held()).toBeUndefined();
    expect(await asAda({ iat: now() + 2 })).toBe('token');
  });
});
