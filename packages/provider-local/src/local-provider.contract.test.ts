import { ProviderUnavailableError } from '@portcullis/core';
import { createFakeSigner, providerContract, type TokenChange } from '@portcullis/core/testing';
import type { JWK } from 'jose';
import { it } from 'vitest';
import { ISSUED_TOKEN } from './engine/issued-token.js';
import { startIssuer } from './issuer.harness.js';
import { memoryStore } from './store/memory-store.js';

const later = 'the keys of the embedded issuer are not rotated while it runs';
const embedded = 'the issuer is in the same process: nobody asks it over HTTP';

providerContract({
  it,
  name: 'localProvider',
  skip: {
    outage_known_key:
      'whether a grant was revoked is asked of the store, so without the store there is no answer',
    unknown_key_fetch: 'all keys are at hand, so an unknown one is no reason to read them again',
    rotation: later,
    withdrawal: later,
    outage_hang: embedded,
    outage_trickle: embedded,
    outage_status_500: embedded,
    outage_html: embedded,
    outage_empty: embedded,
    outage_empty_object: embedded,
    outage_redirect: embedded,
    outage_huge: embedded,
    misnamed_issuer: embedded,
    private_key: 'nobody but the issuer itself can add to its keys',
    many_keys: 'nobody but the issuer itself can add to its keys',
  },
  async setUp() {
    const store = memoryStore();
    let broken = false;
    let reads = 0;
    const issuer = await startIssuer({
      clients: [
        {
          clientId: 'machine-1',
          name: 'Machine',
          scopes: ['mcp:tools:weather'],
          authentication: { method: 'client_secret_post', secret: 'x'.repeat(30) },
        },
      ],
      store: {
        ...store,
        async read(kind, id) {
          if (broken) throw new ProviderUnavailableError('The store is away.');
          if (kind === 'Key' && id === 'signing') reads += 1;
          return store.read(kind, id);
        },
      },
    });
    await fetch(`${issuer.issuer}/jwks`);
    const stored = await store.read('Key', 'signing');
    const [privateKey] = (stored?.payload.keys ?? []) as readonly JWK[];
    if (!privateKey) throw new Error('The issuer has stored no key.');
    const signer = await createFakeSigner({ algorithm: 'ES256', privateKey });
    let minted = 0;

    async function mint({ claims, header, ...change }: TokenChange = {}): Promise<string> {
      const now = Math.floor(Date.now() / 1000);
      minted += 1;
      const good = {
        iss: issuer.issuer,
        sub: 'user:ada',
        aud: issuer.resource,
        client_id: 'dcr_1',
        scope: '',
        iat: now,
        exp: now + 300,
        jti: `token-${minted}`,
      };
      await store.write(ISSUED_TOKEN, `token-${minted}`, {}, { grantId: 'grant-1' });
      return signer.sign(
        { ...good, ...claims },
        { ...change, header: { typ: 'at+jwt', ...header } },
      );
    }

    return {
      provider: issuer.provider,
      resource: issuer.resource,
      mint: (scopes) => mint({ claims: { scope: scopes.join(' ') } }),
      mintForClient: (clientId) => mint({ claims: { sub: clientId, client_id: clientId } }),
      mintWith: mint,
      breakIssuer: () => {
        broken = true;
      },
      repairIssuer: () => {
        broken = false;
      },
      fetches: () => reads,
      rotate: async () => undefined,
      withdraw: async () => undefined,
      close: issuer.close,
    };
  },
});
