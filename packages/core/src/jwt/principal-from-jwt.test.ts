import { describe, expect, it } from 'vitest';
import type { VerifiedJwt } from './jwt-verifier.js';
import { type ClaimMapping, principalFromJwt } from './principal-from-jwt.js';
import { createGrantReader } from './read-grants.js';

const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';

function made(claims: Record<string, unknown>, mapping?: ClaimMapping) {
  const good = { iss: 'https://as.example.com', sub: 'user-1', client_id: 'client-1' };
  const verified: VerifiedJwt = {
    kind: 'verified',
    claims: { ...good, ...claims },
    tokenId: 't-1',
    expiresAt: 1_800_000_300,
    freshUntil: 1_800_000_100,
  };
  return principalFromJwt(verified, mapping);
}

describe('principalFromJwt', () => {
  it('keeps scopes as granted, and reads sign-in and binding (RS-57, RS-59)', () => {
    const claims = {
      scope: 'mcp:exec:workflows:* openid openid',
      auth_time: 1_799_999_000,
      acr: 'phr',
      cnf: { jkt },
    };
    expect(made(claims)).toEqual({
      kind: 'principal',
      actor: 'user',
      issuer: 'https://as.example.com',
      subject: 'user-1',
      clientId: 'client-1',
      tokenId: 't-1',
      scopes: ['mcp:exec:workflows:*', 'openid'],
      expiresAt: 1_800_000_300,
      freshUntil: 1_800_000_100,
      authenticatedAt: 1_799_999_000,
      acr: 'phr',
      confirmation: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
      claims: {
        iss: 'https://as.example.com',
        sub: 'user-1',
        client_id: 'client-1',
        scope: 'mcp:exec:workflows:* openid openid',
        auth_time: 1_799_999_000,
        acr: 'phr',
        cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
      },
    });
  });

  it('takes a token whose subject is its client for a client (RS-64, ATK-51)', () => {
    expect(made({ sub: 'client-1' })).toMatchObject({ actor: 'client', subject: 'client-1' });
    expect(made({ sub: 'client-2' })).toMatchObject({ actor: 'user' });
    const actor = (claims: Readonly<Record<string, unknown>>) =>
      String(claims.sub).endsWith('@clients') ? 'client' : 'user';
    expect(made({ sub: 'c@clients' }, { actor })).toMatchObject({ actor: 'client' });
  });

  it.each([
    ['a tab', 'a\tb'],
    ['two spaces', 'a  b'],
    ['a space at the end', 'a '],
    ['a quote', 'a"b'],
    ['an array', ['a']],
    ['a number', 7],
    ['null', null],
  ])('refuses a scope claim with %s (RS-59, ATK-66)', (_, scope) => {
    expect(made({ scope })).toEqual({
      kind: 'rejection',
      code: 'claims_invalid',
      detail: 'The scopes of the token are malformed.',
    });
  });

  it('reads arrays and other claims only where it is told to (RS-59)', () => {
    const claims = { scp: ['a', 'b'], permissions: ['everything'] };
    expect(made(claims)).toMatchObject({ scopes: [] });
    const { read: grants } = createGrantReader({ scopeClaims: ['scp'] }, []);
    expect(made(claims, { grants })).toMatchObject({ scopes: ['a', 'b'] });
    expect(made({ scp: ['a b'] }, { grants })).toMatchObject({ code: 'claims_invalid' });
    expect(made({ scp: 7 }, { grants })).toMatchObject({ code: 'claims_invalid' });
  });

  it('says which grants were mapped, and nothing where none was', () => {
    const mapping = { roleClaims: ['roles'], roles: { analyst: ['mcp:tools:weather'] } };
    const { read: grants } = createGrantReader(mapping, ['scope']);
    expect(made({ scope: 'openid', roles: ['analyst', 'other'] }, { grants })).toMatchObject({
      scopes: ['openid', 'mcp:tools:weather'],
      mapped: [{ by: 'role', claim: 'roles', value: 'analyst', scopes: ['mcp:tools:weather'] }],
    });
    expect(made({ scope: 'openid' }, { grants })).not.toHaveProperty('mapped');
  });

  it('reads client and tenant where the issuer keeps them', () => {
    const mapping: ClaimMapping = {
      clientId: ({ azp }) => (typeof azp === 'string' ? azp : undefined),
      tenant: ({ org_id: organisation }) =>
        typeof organisation === 'string' ? organisation : undefined,
    };
    const claims = { client_id: undefined, azp: 'client-2', org_id: 'org-1' };
    expect(made(claims, mapping)).toMatchObject({ clientId: 'client-2', tenant: 'org-1' });
    expect(made({ azp: 7 }, mapping)).toMatchObject({ code: 'claims_invalid' });
    expect(made({ client_id: undefined })).toMatchObject({ code: 'claims_invalid' });
  });

  it.each([
    ['a certificate', { 'x5t#S256': jkt }],
    ['a certificate as well', { jkt, 'x5t#S256': jkt }],
    ['nothing', {}],
    ['a thumbprint of the wrong length', { jkt: 'short' }],
    ['a list', [jkt]],
    ['null', null],
    ['a text', jkt],
  ])('refuses a token bound to %s, which nobody would check', (_, cnf) => {
    expect(made({ cnf })).toMatchObject({ kind: 'rejection', code: 'claims_invalid' });
  });
});
