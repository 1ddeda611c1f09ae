import { type ProviderHarness, providerContract } from '@portcullis/core/testing';
import { it } from 'vitest';
import type { OidcProviderOptions } from './oidc-options.js';
import { oidcProvider } from './oidc-provider.js';
import { keycloak } from './presets/keycloak.js';
import { createFakeOidc, type FakeOidc } from './testing/fake-oidc.js';

const quick = { retryAfter: 0, timeoutMs: 200 };

function harnessOf(fake: FakeOidc, given: OidcProviderOptions): ProviderHarness {
  const options = { ...given, ...quick };
  return {
    provider: oidcProvider(options),
    resource: fake.resource,
    mint: (scopes) => fake.mint({ scopes }),
    mintForClient: (clientId) => fake.mintForClient(clientId),
    mintWith: fake.mint,
    breakIssuer: (fault) => fake.breakWith(fault),
    repairIssuer: () => fake.repair(),
    fetches: () => fake.count('keys'),
    rotate: () => fake.rotate(),
    withdraw: () => fake.rotate({ withdraw: true }),
    publish: fake.publish,
    misnameIssuer: () => fake.misname('https://other.example.com'),
    restart: (keySnapshot) => oidcProvider({ ...options, ...(keySnapshot && { keySnapshot }) }),
    redirected: fake.redirected,
    close: () => fake.close(),
  };
}

providerContract({
  it,
  name: 'oidcProvider by RFC 9068',
  async setUp() {
    const fake = await createFakeOidc();
    return harnessOf(fake, { issuer: fake.issuer });
  },
});

providerContract({
  it,
  name: 'oidcProvider with a preset',
  async setUp() {
    const fake = await createFakeOidc({ shape: 'keycloak', algorithm: 'ES256' });
    return harnessOf(fake, keycloak({ baseUrl: fake.origin, realm: 'finance' }));
  },
});
