import { providerContract } from '@portcullis/core/testing';
import { it } from 'vitest';
import { scalekitProvider } from './index.js';
import { createFakeScalekit } from './testing/index.js';

providerContract({
  it,
  name: 'scalekitProvider',
  skip: {
    misnamed_issuer:
      'a token needs no metadata, since the keys are at one place in every environment; ready() reads it',
  },
  async setUp() {
    // Tokens of both issuers are alive during the migration.
    const fake = await createFakeScalekit({
      switches: { issuer: 'alternating', scopeClaims: 'both' },
    });
    // The first fetch of a process takes its time, and half a second is short.
    await fetch(fake.url);
    const { url: environmentUrl, resourceId } = fake;
    const options = { environmentUrl, resourceId, timeoutMs: 500, retryAfter: 0 };
    return {
      provider: scalekitProvider(options),
      resource: fake.resource,
      mint: (scopes) => fake.mint({ scopes }),
      mintForClient: (clientId) => fake.mintForClient(clientId),
      mintWith: (change) => fake.mint(change),
      breakIssuer: (fault) => fake.breakWith(fault),
      repairIssuer: () => fake.repair(),
      fetches: () => fake.count('keys'),
      rotate: () => fake.rotate(),
      withdraw: () => fake.rotate({ withdraw: true }),
      publish: (...keys) => fake.signer.publish(...keys),
      restart: (keySnapshot) =>
        scalekitProvider({ ...options, ...(keySnapshot && { keySnapshot }) }),
      redirected: () => fake.redirected,
      close: () => fake.close(),
    };
  },
});
