import { createGate, type DownstreamToken } from '@portcullis/core';
import { type OidcProviderOptions, oidcProvider } from '@portcullis/provider-oidc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, type TestIssuer, vocabulary } from '../issuer.harness.js';
import {
  front,
  middle,
  secret,
  startChain,
  tokenFor,
  verdictOf,
} from './token-exchange.harness.js';

let issuer: TestIssuer;
let client: string;
beforeAll(async () => {
  ({ issuer, client } = await startChain());
});
afterAll(() => issuer.close());

/** As a tool does it in a server of another process, which knows the issuer by its URL alone. */
async function downstream(
  audience: string,
  more: Partial<OidcProviderOptions['exchange']> = {},
  scopes: readonly string[] = ['mcp:tools:weather'],
): Promise<DownstreamToken> {
  const exchange = {
    ...{ clientId: 'front-server', clientSecret: secret },
    authMethod: 'client_secret_post' as const,
    ...more,
  };
  const provider = oidcProvider({ issuer: issuer.issuer, exchange });
  await provider.ready();
  const gate = createGate({ resource: front, provider, scopes: vocabulary });
  const token = await tokenFor(issuer, client);
  const request = new Request(front, { headers: { authorization: `Bearer ${token}` } });
  const caller = await gate.authenticate(request);
  if (caller.kind !== 'caller' || !caller.downstream) throw new Error('There is no exchange.');
  return caller.downstream({ audience, scopes });
}

describe('an exchange by a server of another process (RS-65)', () => {
  it('gives a tool a token for the other server, which that one takes and this one does not', async () => {
    const { value, scheme, expiresAt } = await downstream(middle);
    const { aud, sub, client_id, act, scope, exp } = claimsOf(value);
    expect({ scheme, aud, sub, client_id, act, scope }).toEqual({
      scheme: 'Bearer',
      aud: 'https://middle.example/mcp',
      sub: 'user:ada',
      client_id: 'front-server',
      act: { sub: 'front-server' },
      scope: 'mcp:tools:weather',
    });
    expect(Math.abs(expiresAt - Number(exp))).toBeLessThanOrEqual(2);
    expect(await verdictOf(issuer, value, middle)).toBe('user user:ada');
    expect(await verdictOf(issuer, value, front)).toBe('audience_mismatch');
  });

  it.each([
    ['a server that is not on the list', 'https://elsewhere.example/mcp', {}, 'invalid_target'],
    ['a wrong secret', middle, { clientSecret: 'wrong-secret-of-this-server' }, 'invalid_client'],
    ['another method', middle, { authMethod: 'client_secret_basic' as const }, 'invalid_client'],
  ])('is refused for %s', async (_, audience, more, error) => {
    await expect(downstream(audience, more)).rejects.toMatchObject({
      code: 'DOWNSTREAM_REFUSED',
      error,
    });
  });
});
