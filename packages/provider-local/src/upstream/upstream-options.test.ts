import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { type UpstreamAccountsOptions, upstreamAccounts } from './upstream-accounts.js';

const fine: UpstreamAccountsOptions = {
  issuer: 'https://login.acme.example',
  clientId: 'portcullis',
  clientSecret: 's3cret',
  name: 'Acme SSO',
};

describe('upstreamAccounts', () => {
  it('asks nobody anything until somebody signs in', () => {
    expect(upstreamAccounts(fine)).toMatchObject({ kind: 'upstream', recheckSeconds: 900 });
  });

  it.each([
    ['upstream.issuer', { issuer: 'http://login.acme.example' }],
    ['upstream.issuer', { issuer: 'https://login.acme.example?x' }],
    ['upstream.clientId', { clientId: '' }],
    ['upstream.clientSecret', { clientSecret: undefined }],
    ['upstream.clientSecret', { privateKey: { kty: 'EC', alg: 'ES256', d: 'd' } }],
    ['upstream.privateKey', { clientSecret: undefined, privateKey: { kty: 'EC', alg: 'ES256' } }],
    [
      'upstream.privateKey',
      { clientSecret: undefined, privateKey: { kty: 'oct', alg: 'HS256', d: 'd' } },
    ],
    ['upstream.name', { name: ' ' }],
    ['upstream.name', { name: 'x'.repeat(61) }],
    ['upstream.scopes', { scopes: ['profile'] }],
    ['upstream.scopes', { scopes: ['openid', 'two words'] }],
    ['upstream.account', { account: 'everybody' }],
    ['upstream.recheckMinutes', { recheckMinutes: 0 }],
    ['upstream.timeoutMs', { timeoutMs: Number.NaN }],
  ])('refuses a wrong %s: %j', (option, wrong) => {
    try {
      upstreamAccounts({ ...fine, ...wrong } as UpstreamAccountsOptions);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as ConfigurationError).problems.map((problem) => problem.option)).toEqual([
        option,
      ]);
      expect((error as Error).message).not.toContain('s3cret');
    }
  });

  it('names all that is wrong at once', () => {
    const nothing = {} as UpstreamAccountsOptions;
    expect(() => upstreamAccounts(nothing)).toThrow(/4 problems/);
  });
});
