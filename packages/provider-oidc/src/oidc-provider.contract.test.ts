import { providerContract } from '@portcullis/core/testing';
import { it } from 'vitest';
import { oidcProvider } from './oidc-provider.js';
import { keycloak } from './presets/keycloak.js';
import { createFakeOidc, type FakeOidc } from './testing/fake-oidc.js';

const quick = { retryAfter: 0, timeoutMs: 200 };

function harnessOf(fake: FakeOidc, provider: ReturnType<typeof oidcProvider>) {
  return {
    provider,
    resource: fake.resource,
    mint: (scopes: readonly string[]) => fake.mint({ scopes }),
    mintForClient: (clientId: string) => fake.mintForClient(clientId),
    mintWith: fake.mint,
    breakIssuer: (fault: Parameters<FakeOidc['breakWith']>[0]) => fake.breakWith(fault),
    repairIssuer: () => fake.repair(),
    fetches: () => fake.count('keys'),
    rotate: () => fake.rotate(),
    withdraw: () => fake.rotate({ withdraw: true }),
    publish: fake.publish,
    misnameIssuer: () => fake.misname('https://other.example.com'),
    redirected: fake.redirected,
    close: () => fake.close(),
  };
}

providerContract({
  it,
  name: 'oidcProvider by RFC 9068',
  async setUp() {
    const fake = await createFakeOidc();
    return harnessOf(fake, oidcProvider({ issuer: fake.issuer, ...quick }));
  },
});

providerContract({
  it,
  name: 'oidcProvider with a preset',
  async setUp() {
    const fake = await createFakeOidc({ shape: 'keycloak', algorithm: 'ES256' });
    const preset = keycloak({ baseUrl: fake.origin, realm: 'finance' });
    return harnessOf(fake, oidcProvider({ ...preset, ...quick }));
  },
});
