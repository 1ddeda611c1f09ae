import { ProviderUnavailableError } from '@portcullis/core';
import { badTokens, providerContract, type TokenChange } from '@portcullis/core/testing';
import { exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { it } from 'vitest';
import { ISSUED_TOKEN } from './engine/engine-hooks.js';
import { startIssuer } from './issuer.harness.js';
import { memoryStore } from './store/memory-store.js';

const later = 'the keys of the embedded issuer are not rotated while it runs';

providerContract({
  it,
  name: 'localProvider',
  skip: {
    outage_known_key:
      'whether a grant was revoked is asked of the store, so without the store there is no answer',
    unknown_key_fetch: 'all keys are at hand, so an unknown one is no reason to read them again',
    rotation: later,
    withdrawal: later,
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
    const [jwk = {} as JWK] = (stored?.payload.keys ?? []) as JWK[];
    const { d: _private, ...publicJwk } = jwk;
    const stranger = await generateKeyPair('ES256');
    let minted = 0;

    async function mint({ claims, header, signedBy }: TokenChange = {}): Promise<string> {
      const now = Math.floor(Date.now() / 1000);
      minted += 1;
      const all = {
        iss: issuer.issuer,
        sub: 'user:ada',
        aud: issuer.resource,
        client_id: 'dcr_1',
        scope: '',
        iat: now,
        exp: now + 300,
        jti: `token-${minted}`,
        ...claims,
      };
      await store.write(ISSUED_TOKEN, `token-${minted}`, {}, { grantId: 'grant-1' });
      const key = signedBy === 'stranger' ? stranger.privateKey : await importJWK(jwk, 'ES256');
      const sent = Object.entries(all).filter(([, value]) => value !== undefined);
      return new SignJWT(Object.fromEntries(sent))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(jwk.kid), ...header })
        .sign(key);
    }

    return {
      provider: issuer.provider,
      resource: issuer.resource,
      mint: (scopes) => mint({ claims: { scope: scopes.join(' ') } }),
      mintForClient: (clientId) => mint({ claims: { sub: clientId, client_id: clientId } }),
      mintBad: async (kind) =>
        badTokens[kind].make({
          now: Math.floor(Date.now() / 1000),
          issuer: issuer.issuer,
          publicKey: await exportSPKI((await importJWK(publicJwk, 'ES256')) as CryptoKey),
          mint,
        }),
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
