import { providerContract } from '@portcullis/core/testing';
import { it } from 'vitest';
import { auth0Provider } from './auth0-provider.js';
import { createFakeAuth0, type TokenDialect } from './testing/index.js';

const resource = 'https://mcp.example.com/mcp';
const scopes = ['mcp:tools:weather', 'mcp:exec:workflows:*'];

for (const dialect of ['access_token', 'rfc9068_profile_authz'] satisfies TokenDialect[]) {
  providerContract({
    it,
    name: `auth0Provider (${dialect})`,
    skip: {
      misnamed_issuer:
        'the keys lie at a fixed place of the tenant, so no metadata is trusted; ready() reads it and refuses another name',
    },
    async setUp() {
      const auth0 = await createFakeAuth0({ api: { identifier: resource, scopes, dialect } });
      const { issuer } = auth0;
      return {
        provider: auth0Provider({ issuer, retryAfter: 0, timeoutMs: 300 }),
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
          // The key that signs now was published before, as Auth0 does, so that nobody asks for it. The one after it was not.
          await auth0.rotate({ withdraw: true });
        },
        publish: auth0.publish,
        redirected: () => auth0.redirected,
        close: auth0.close,
      };
    },
  });
}
