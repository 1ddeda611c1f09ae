import { decodeProtectedHeader } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callWith, type SignedIn, signIn } from './signed-in.harness.js';
import { startWorld, type World } from './world.harness.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Gives a refresh token back, as the client that it was issued to. */
async function giveBack({ memory }: SignedIn): Promise<void> {
  const http = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(world.origin);
  const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http });
  const server = await oauth.processDiscoveryResponse(issuer, found);
  const client = { client_id: memory.registration?.client_id ?? '' };
  const token = memory.currentTokens?.refresh_token ?? '';
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, oauth.None(), token, http),
  );
}

describe('access that ends', () => {
  it.each<[string, string, (person: SignedIn) => Promise<void>]>([
    ['a token given back at /revoke', 'token_revoked', giveBack],
    [
      'provider.revoke of a person',
      'token_revoked',
      () => world.provider.revoke({ subject: 'user:ada' }),
    ],
    [
      'provider.revoke of a client',
      'token_revoked',
      ({ memory }) => world.provider.revoke({ clientId: memory.registration?.client_id ?? 'none' }),
    ],
    [
      'provider.clients.remove',
      'token_revoked',
      async ({ memory }) => {
        await world.provider.clients.remove(memory.registration?.client_id ?? 'none');
      },
    ],
    [
      'provider.keys.withdraw',
      'signature_invalid',
      async ({ token }) => {
        const { kid = '' } = decodeProtectedHeader(token());
        await world.provider.keys.withdraw(kid);
      },
    ],
  ])(
    'ends the next call and an open subscription at once: %s (RS-86, ATK-50, ATK-72)',
    async (_, reason, end) => {
      const person = await signIn(world.resource, { scopes: ['mcp:tools:analyze_sentiment'] });
      const authorization = `Bearer ${person.token()}`;
      const subscription = await person.client.listen({ toolsListChanged: true });
      expect(subscription.honoredFilter).toEqual({ toolsListChanged: true });
      expect((await callWith(world.resource, { authorization })).status).toBe(200);

      await end(person);
      const ended = performance.now();
      expect(await subscription.closed).toBe('graceful');
      // Told, and not found by looking into the store, which happens every two seconds.
      expect(performance.now() - ended).toBeLessThan(1000);

      const { status, headers } = await callWith(world.resource, { authorization });
      expect([
        status,
        headers.get('www-authenticate')?.replaceAll(world.origin, '<origin>'),
      ]).toEqual([
        401,
        'Bearer error="invalid_token", scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", error_description="The access token is invalid, expired or was issued for another server"',
      ]);
      expect(world.audit.events.at(-1)).toMatchObject({ kind: 'decision', reason });
      await person.client.close();
    },
  );
});
