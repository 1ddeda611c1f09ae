import { badTokenKinds, badTokens, faultPairs, providerContract } from '@portcullis/core/testing';
import { expect, it } from 'vitest';
import { auth0Provider } from './auth0-provider.js';
import { createFakeAuth0 } from './testing/index.js';

const resource = 'https://mcp.example.com/mcp';
const scopes = ['mcp:tools:weather', 'mcp:exec:workflows:*'];

providerContract({
  it,
  name: 'auth0Provider',
  skip: {
    misnamed_issuer:
      'the keys lie at a fixed place of the tenant, so no metadata is trusted; ready() reads it and refuses another name',
  },
  async setUp() {
    // The dialect of every new API: neither its `typ` nor a `jti` tells an access token.
    const api = { identifier: resource, scopes, dialect: 'access_token' } as const;
    const auth0 = await createFakeAuth0({ api });
    const options = { issuer: auth0.issuer, retryAfter: 0, timeoutMs: 300 };
    return {
      provider: auth0Provider(options),
      resource,
      mint: (granted) => auth0.mint({ scopes: granted }),
      mintForClient: (clientId) => auth0.mintForClient(clientId),
      mintWith: auth0.mint,
      breakIssuer: (fault) => auth0.breakWith(fault),
      repairIssuer: auth0.repair,
      fetches: () => auth0.count('keys'),
      rotate: () => auth0.rotate(),
      async withdraw() {
        await auth0.rotate({ withdraw: true });
        // What signs now was published before, as Auth0 does. Only the one after it was not.
        await auth0.rotate({ withdraw: true });
      },
      publish: auth0.publish,
      restart: (keySnapshot) => auth0Provider({ ...options, ...(keySnapshot && { keySnapshot }) }),
      redirected: () => auth0.redirected,
      close: auth0.close,
    };
  },
});

it.each(['access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'] as const)(
  'auth0Provider gives the same answers to bad tokens in the dialect %s, and to each pair of faults',
  async (dialect) => {
    const auth0 = await createFakeAuth0({ api: { identifier: resource, scopes, dialect } });
    const { issuer } = auth0;
    const provider = auth0Provider({ issuer });
    const now = Math.floor(Date.now() / 1000);
    const context = { resource, now, signal: AbortSignal.timeout(10_000) };
    const single = badTokenKinds.map((kind) => {
      const { code, change } = badTokens[kind];
      return { kinds: [kind], code, change: change({ now, issuer }) };
    });
    const answers = await Promise.all(
      [...single, ...faultPairs({ now, issuer })].map(async ({ kinds, code, change }) => {
        const value = await auth0.mint(change);
        const answer = await provider.verify({ scheme: 'Bearer', value }, context);
        return { kinds, expected: code, got: 'code' in answer ? answer.code : answer.kind };
      }),
    );
    expect(answers.length).toBeGreaterThan(100);
    expect(answers.filter(({ expected, got }) => expected !== got)).toEqual([]);
    await auth0.close();
  },
);
