import type { Principal } from '@portcullis/core';
import { expect, it } from 'vitest';
import type { AppliedEntry } from './compiled-policy.js';
import { isRecentAndStrong, signInOf } from './sign-in.js';

const NOW = 1_800_000_000;
const signedIn = (authenticatedAt: number | undefined, acr?: string): Principal => ({
  ...{ kind: 'principal', actor: 'user', issuer: 'https://as.example', subject: 'ada' },
  ...{ clientId: 'client-1', tokenId: 'token-1', scopes: [], expiresAt: NOW + 300, claims: {} },
  ...(authenticatedAt === undefined ? {} : { authenticatedAt }),
  ...(acr === undefined ? {} : { acr }),
});
const asking = (...entries: readonly object[]): readonly AppliedEntry<string>[] =>
  entries.map((entry) => ({ entry: { needs: [], ...entry }, input: {} }));

it.each([
  ['just now', NOW, true],
  ['at the last moment', NOW - 300, true],
  ['a second too early', NOW - 301, false],
  ['by a clock that is a minute ahead', NOW + 60, true],
  ['by a clock that is more than that ahead', NOW + 61, false],
  ['at no time', undefined, false],
  ['in the year 1970', 0, false],
  ['never', Number.POSITIVE_INFINITY, false],
  ['always', Number.NEGATIVE_INFINITY, false],
])('judges a sign-in %s (RFC 9470)', (_, at, good) => {
  expect(isRecentAndStrong(signedIn(at), { maxAge: 300 }, NOW)).toBe(good);
});

it('takes a context for what it is called, and a new sign-in for no stronger one', () => {
  const asked = { maxAge: 300, acr: ['mfa', 'hwk'] };
  expect(isRecentAndStrong(signedIn(NOW, 'hwk'), asked, NOW)).toBe(true);
  for (const acr of [undefined, 'pwd', 'MFA', 'mfa hwk', '']) {
    expect([acr, isRecentAndStrong(signedIn(NOW, acr), asked, NOW)]).toEqual([acr, false]);
  }
  expect(isRecentAndStrong(signedIn(NOW - 301, 'hwk'), asked, NOW)).toBe(false);
});

it('asks for what satisfies every entry, in whatever order they stand', () => {
  const entries = [{ maxAge: 600, acr: ['hwk', 'pwd', 'mfa'] }, { maxAge: 60 }, { acr: ['mfa'] }];
  const asked = { maxAge: 60, acr: ['mfa'] };
  expect(signInOf(asking(...entries))).toEqual(asked);
  expect(signInOf(asking(...entries.toReversed()))).toEqual(asked);
  expect(signInOf(asking({ acr: ['hwk'] }, { acr: ['mfa'] }))).toEqual({ acr: [] });
  expect(signInOf(asking({}, {}))).toBeUndefined();
});
