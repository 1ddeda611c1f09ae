import { ProviderUnavailableError } from '@portcullis/core';
import { createFakeSigner, providerContract, type TokenChange } from '@portcullis/core/testing';
import type { JWK } from 'jose';
import { it } from 'vitest';
import { ISSUED_TOKEN } from './engine/issued-token.js';
import { startIssuer } from './issuer.harness.js';
import { memoryStore } from './store/memory-store.js';

const embedded = 'the issuer is in the same process: nobody asks it over HTTP';

interface StoredKey {
  readonly id: string;
  readonly material: JWK;
}

async function signerOf(key: StoredKey | undefined) {
  if (!key) throw new Error('The issuer has stored no key.');
  return createFakeSigner({ algorithm: 'ES256', privateKey: key.material });
}

providerContract({
  it,
  name: 'localProvider',
  skip: {
    outage_known_key:
      'whether a grant was revoked is asked of the store, so without the store there is no answer',
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
    restart: 'its keys are in its store, which outlives the process',
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
    const storedKeys = async () =>
      ((await store.read('Key', 'signing'))?.payload.keys ?? []) as readonly StoredKey[];
    let signer = await signerOf((await storedKeys())[0]);
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
      async rotate() {
        const { keyId } = await issuer.provider.keys.rotate();
        // It does not sign before an hour has passed, but whatever it signs is to be accepted from now on.
        signer = await signerOf((await storedKeys()).find(({ id }) => id === keyId));
      },
      async withdraw() {
        const [active] = await issuer.provider.keys.list();
        await issuer.provider.keys.withdraw(active?.keyId ?? '');
        signer = await signerOf((await storedKeys())[0]);
      },
      close: issuer.close,
    };
  },
});
