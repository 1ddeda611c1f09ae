import { readFile } from 'node:fs/promises';
import { createGrantReader, principalFromJwt } from '@portcullis/core/jwt';
import { describe, expect, it } from 'vitest';
import { auth0Claims, contradiction } from './auth0-claims.js';

type Claims = Record<string, unknown>;

const robot = 'R0b0tQeWlD0t3Vb1nR8sYc7uPf4hJ6aX';
const person = 'auth0|66f0c0ffee1234567890abcd';
const weather = 'mcp:tools:weather';

/** Written after Auth0's documentation of the dialects, not recorded. */
async function documented(name: string): Promise<Claims> {
  return JSON.parse(await readFile(new URL(`__fixtures__/${name}.json`, import.meta.url), 'utf8'));
}

function principalOf(claims: Claims, scopeClaims = ['scope']) {
  const verified = { kind: 'verified', claims, tokenId: 'id', expiresAt: 1745305340 } as const;
  return (
    contradiction(claims) ??
    principalFromJwt(verified, auth0Claims(createGrantReader({}, scopeClaims)))
  );
}

const asPerson = (more: Claims) => ({
  iss: 'https://tenant.eu.auth0.com/',
  sub: person,
  azp: 'app',
  scope: weather,
  ...more,
});

describe('auth0Claims', () => {
  it.each([
    ['access_token.user', 'user', person, 'zXk2m9QeWlD0t3Vb1nR8sYc7uPf4hJ6a', ['openid', weather]],
    ['access_token.machine', 'client', `${robot}@clients`, robot, [weather]],
    [
      'access_token_authz.user',
      'user',
      'google-oauth2|112233445566778899000',
      'zXk2m9QeWlD0t3Vb1nR8sYc7uPf4hJ6a',
      [weather],
    ],
    ['access_token_authz.machine', 'client', `${robot}@clients`, robot, [weather]],
    ['rfc9068_profile.user', 'user', person, 'https://client.example.com/mcp.json', [weather]],
    ['rfc9068_profile.machine', 'client', `${robot}@clients`, robot, [weather]],
    ['rfc9068_profile_authz.user', 'user', person, 'tpc_2m9QeWlD0t3Vb1nR8sYc7u', []],
    ['rfc9068_profile_authz.machine', 'client', `${robot}@clients`, robot, [weather]],
  ])('reads %s', async (name, actor, subject, clientId, scopes) => {
    const principal = principalOf(await documented(name));
    expect(principal).toMatchObject({ kind: 'principal', actor, subject, clientId, scopes });
  });

  it('takes the organisation for the tenant, and none where there is none', async () => {
    expect(principalOf(await documented('access_token_authz.user'))).toMatchObject({
      tenant: 'org_9ybsU1dN2dKfDkBi',
    });
    expect(principalOf(await documented('rfc9068_profile.user'))).not.toHaveProperty('tenant');
  });

  it('counts permissions only where it is told to: the person never consented to them', async () => {
    const claims = await documented('rfc9068_profile_authz.user');
    expect(principalOf(claims)).toMatchObject({ scopes: [] });
    expect(principalOf(claims, ['scope', 'permissions'])).toMatchObject({
      scopes: [weather, 'mcp:tools:pay'],
    });
  });

  it.each([
    ['the grant of a machine, whatever the subject', { gty: 'client-credentials' }],
    ['a list of grants with that of a machine', { gty: ['refresh_token', 'client-credentials'] }],
    ['a machine whose token another client exchanged', { sub: `${robot}@clients` }],
    ['an agent', { sub: 'agt_2m9QeWlD0t3Vb1nR' }],
    ['a client that is its own subject', { sub: 'app' }],
  ])('never takes for a user: %s (RS-64)', (_, change) => {
    expect(principalOf(asPerson(change))).toMatchObject({ kind: 'principal', actor: 'client' });
  });

  it.each([
    ['auth0|agt_somebody', {}],
    ['auth0|me@clients.example.com', {}],
    ['me@clients.example.com', {}],
    [person, { gty: 'password' }],
    [person, { gty: 'refresh_token' }],
  ])('takes %s for a user', (sub, change) => {
    expect(principalOf(asPerson({ sub, ...change }))).toMatchObject({ actor: 'user' });
  });

  it('refuses a person’s id that was chosen to end like a machine’s', () => {
    expect(principalOf(asPerson({ sub: 'auth0|robot@clients' }))).toEqual({
      kind: 'rejection',
      code: 'claims_invalid',
      detail: 'The subject is a person’s and ends like a machine’s.',
    });
  });

  it('refuses a token that names two clients', () => {
    expect(principalOf(asPerson({ client_id: 'other' }))).toMatchObject({ code: 'claims_invalid' });
    for (const client_id of ['app', '']) {
      expect(principalOf(asPerson({ client_id }))).toMatchObject({ clientId: 'app' });
    }
  });

  it('hands on a DPoP key, and refuses a binding to a certificate (RFC 8705)', () => {
    const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
    expect(principalOf(asPerson({ cnf: { jkt } }))).toMatchObject({ confirmation: { jkt } });
    expect(principalOf(asPerson({ cnf: { 'x5t#S256': jkt } }))).toMatchObject({
      code: 'claims_invalid',
    });
  });

  it('leaves the actor of an exchanged token among the claims', () => {
    const act = { sub: 'mcp-server' };
    expect(principalOf(asPerson({ act }))).toMatchObject({ claims: { act }, actor: 'user' });
  });
});
