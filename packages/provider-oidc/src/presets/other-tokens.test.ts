import { describe, expect, it } from 'vitest';
import { oidcProvider } from '../oidc-provider.js';
import { createFakeOidc } from '../testing/index.js';
import { entra, stytch } from './index.js';
import {
  api,
  configured,
  issuerOf,
  project,
  recorded,
  signed,
  tenantId,
  verify,
} from './presets.harness.js';

describe('what else vendors mint', () => {
  it.each(['stytch', 'descope'] as const)('a session of %s is refused', async (vendor) => {
    const options = configured[vendor];
    const fake = await createFakeOidc({ shape: vendor, issuer: issuerOf(options) });
    const provider = oidcProvider({ ...options, fetch: fake.fetch });
    const token = recorded(vendor, 'session');
    const answer = await verify(provider, await signed(fake, token), token);
    expect(answer).toMatchObject({ kind: 'rejection', code: 'claims_invalid' });
    await fake.close();
  });

  it('Stytch’s machines are refused unless they are asked for', async () => {
    const options = stytch({ projectId: project, domain: 'example.customers.stytch.dev' });
    const fake = await createFakeOidc({ shape: 'stytch', issuer: issuerOf(options) });
    const token = recorded('stytch', 'machine');
    const provider = oidcProvider({ ...options, fetch: fake.fetch });
    const answer = await verify(provider, await signed(fake, token), token);
    expect(answer).toMatchObject({ kind: 'rejection', code: 'claims_invalid' });
    await fake.close();
  });

  it('Entra ID version 1 is read where the API asks for it, and otherwise refused', async () => {
    const options = entra({ tenantId, clientId: api, version: 1 });
    const token = recorded('entra', 'user-version-1');
    const fake = await createFakeOidc({ shape: 'entra', issuer: issuerOf(options) });
    const provider = oidcProvider({
      ...options,
      jwksUri: 'https://sts.windows.net/keys',
      fetch: (_url, init) =>
        fetch(fake.jwksUri.replace('https://sts.windows.net', fake.origin), init),
    });
    const answer = await verify(provider, await signed(fake, token), token);
    expect(answer).toMatchObject({
      kind: 'principal',
      actor: 'user',
      clientId: '11112222-bbbb-3333-cccc-4444dddd5555',
      tenant: tenantId,
      scopes: ['mcp.get_quote', 'mcp.pay'],
    });
    expect(provider.authorizationServers).toEqual([
      `https://login.microsoftonline.com/${tenantId}/v2.0`,
    ]);
    await fake.close();
  });
});
