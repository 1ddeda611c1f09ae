import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Auth0ProviderOptions } from './auth0-options.js';
import { auth0Provider } from './auth0-provider.js';
import { createFakeAuth0, type FakeAuth0 } from './testing/index.js';

const resource = 'https://mcp.example.com/mcp';
const weather = 'mcp:tools:weather';

let auth0: FakeAuth0;
let reported: string[];

beforeAll(async () => {
  auth0 = await createFakeAuth0({ api: { identifier: resource, scopes: [weather] } });
});
afterAll(() => auth0.close());
beforeEach(() => {
  reported = [];
  auth0.repair();
});

function provider(more: Auth0ProviderOptions = {}) {
  const report = (message: string) => reported.push(message);
  return auth0Provider({ issuer: auth0.issuer, retryAfter: 0, timeoutMs: 500, report, ...more });
}

function verify(value: string, more: Auth0ProviderOptions = {}, asked = resource) {
  const now = Math.floor(Date.now() / 1000);
  const context = { resource: asked, now, signal: AbortSignal.timeout(5000) };
  return provider(more).verify({ scheme: 'Bearer', value }, context);
}

describe('auth0Provider', () => {
  it.each([
    'access_token',
    'access_token_authz',
    'rfc9068_profile',
    'rfc9068_profile_authz',
  ] as const)('accepts the dialect %s of a person and of a machine', async (dialect) => {
    const person = await auth0.mint({ dialect, scopes: [weather] });
    expect(await verify(person)).toMatchObject({ actor: 'user', scopes: [weather] });
    const machine = await auth0.mintForClient('robot', { dialect });
    expect(await verify(machine)).toMatchObject({ actor: 'client', clientId: 'robot', scopes: [] });
  });

  it('accepts an audience that is a list, one that is named in the options, and PS256', async () => {
    const list = await auth0.mint({ claims: { aud: [resource, `${auth0.issuer}userinfo`] } });
    expect(await verify(list)).toMatchObject({ kind: 'principal' });
    const renamed = await auth0.mint({ claims: { aud: 'mcp-api' } });
    expect(await verify(renamed)).toMatchObject({ code: 'audience_mismatch' });
    expect(await verify(renamed, { audience: ['mcp-api'] })).toMatchObject({ kind: 'principal' });
    const pss = await createFakeAuth0({
      api: { identifier: resource, scopes: [], algorithm: 'PS256' },
    });
    const token = await pss.mint();
    expect(await verify(token, { issuer: pss.issuer })).toMatchObject({ kind: 'principal' });
    await pss.close();
  });

  it('finds keys that do not say their algorithm (remove_alg_from_jwks)', async () => {
    const { settings } = auth0.tenant;
    const flags = { ...settings.flags, remove_alg_from_jwks: true };
    auth0.tenant.settings = { ...settings, flags };
    expect(await verify(await auth0.mint())).toMatchObject({ kind: 'principal' });
    auth0.tenant.settings = settings;
  });

  it('never takes an ID token, not even one for a client that is named like the resource', async () => {
    const claims = { nonce: 'n-1', aud: 'app', scope: undefined, client_id: undefined };
    const header = { typ: 'JWT' };
    expect(await verify(await auth0.mint({ header, claims }))).toMatchObject({ kind: 'rejection' });
    const meant = { ...claims, nonce: undefined, aud: resource };
    expect(await verify(await auth0.mint({ header, claims: meant }))).toMatchObject({
      code: 'claims_invalid',
    });
  });

  it('takes no other algorithm, not even where the keys do not say theirs', async () => {
    const token = await auth0.mint({ header: { alg: 'RS512' } });
    expect(await verify(token)).toMatchObject({
      detail: 'The "alg" header is not an allowed algorithm.',
    });
  });

  it('wants to know when a token was issued (RFC 9068 §2.2)', async () => {
    const undated = await auth0.mint({ claims: { iat: undefined } });
    expect(await verify(undated)).toMatchObject({ code: 'claims_invalid' });
  });

  it('allows clocks to differ by the seconds of clockTolerance, 5 by default', async () => {
    const now = Math.floor(Date.now() / 1000);
    const expired = await auth0.mint({ claims: { exp: now - 20 } });
    expect(await verify(expired)).toMatchObject({ code: 'token_expired' });
    expect(await verify(expired, { clockTolerance: 60 })).toMatchObject({ kind: 'principal' });
  });

  it('refuses what no token of a tenant in order has', async () => {
    const chosen = await auth0.mint({ claims: { sub: 'auth0|robot@clients' } });
    expect(await verify(chosen)).toMatchObject({ code: 'claims_invalid' });
  });

  it('asks for the keys with the fetch that was handed in', async () => {
    const asked: string[] = [];
    const fetch = (url: string, init: RequestInit) => {
      asked.push(url);
      return globalThis.fetch(url, init);
    };
    expect(await verify(await auth0.mint(), { fetch })).toMatchObject({ kind: 'principal' });
    expect(asked).toEqual([`${auth0.issuer}.well-known/jwks.json`]);
  });

  it('compares the issuer with its slash', async () => {
    const claims = { iss: auth0.issuer.slice(0, -1) };
    expect(await verify(await auth0.mint({ claims }))).toMatchObject({ code: 'issuer_unknown' });
  });

  it('takes tokens of further domains of the tenant where they are named', async () => {
    const canonical = await auth0.mint({ claims: { iss: 'https://tenant.eu.auth0.com/' } });
    expect(await verify(canonical, { domain: 'tenant.eu.auth0.com' })).toMatchObject({
      issuer: 'https://tenant.eu.auth0.com/',
    });
    // Clients are sent to the first alone: the others are names of the same tenant.
    const { authorizationServers, issuers } = provider({ domain: 'tenant.eu.auth0.com' });
    expect(authorizationServers).toEqual([auth0.issuer]);
    expect(issuers).toEqual([auth0.issuer, 'https://tenant.eu.auth0.com/']);
  });

  it('takes only the organisations of the list, and no token of none', async () => {
    const organizations = ['org_9ybsU1dN2dKfDkBi'];
    const ours = await auth0.mint({ claims: { org_id: 'org_9ybsU1dN2dKfDkBi' } });
    expect(await verify(ours, { organizations })).toMatchObject({ tenant: 'org_9ybsU1dN2dKfDkBi' });
    for (const org_id of ['org_other', undefined, ['org_9ybsU1dN2dKfDkBi'], '']) {
      const token = await auth0.mint({ claims: { org_id } });
      expect(await verify(token, { organizations })).toMatchObject({ code: 'claims_invalid' });
    }
  });

  it('counts permissions as scopes only by option', async () => {
    const token = await auth0.mint({ scopes: [] });
    expect(await verify(token)).toMatchObject({ scopes: [] });
    expect(await verify(token, { permissions: true })).toMatchObject({ scopes: [weather] });
  });

  it('maps roles, says so in the principal, and tells the gate what roles can give', async () => {
    const grants = {
      roleClaims: ['https://example.com/roles'],
      roles: { analyst: [weather] },
    };
    const token = await auth0.mint({ claims: { 'https://example.com/roles': ['analyst'] } });
    expect(await verify(token, { grants })).toMatchObject({
      scopes: [weather],
      mapped: [
        { by: 'role', claim: 'https://example.com/roles', value: 'analyst', scopes: [weather] },
      ],
    });
    expect(provider({ grants }).assignedScopes?.(auth0.issuer)).toEqual([weather]);
  });
});

describe('what operators are told', () => {
  const profile =
    'the Resource Parameter Compatibility Profile is off (tenant setting resource_parameter_profile)';

  it.each([
    [
      'an opaque token',
      () => auth0.mintOpaque(),
      'token_malformed',
      `Auth0 issued an opaque token: the request of the client carried no audience and no resource, or ${profile}.`,
    ],
    [
      'a token that the API encrypts',
      () => `${encode({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })}.AA.AA.AA.AA`,
      'token_malformed',
      'The token is encrypted. If Auth0 issued it, the API has token_encryption on, which is not supported: turn it off.',
    ],
    [
      'five parts of anything',
      () => 'a.b.c.d.e',
      'token_malformed',
      `The token is not a JWT. If Auth0 issued it, the request of the client carried no audience and no resource, or ${profile}.`,
    ],
    [
      'no JWT',
      () => 'yMDAxNzAyMzQ1Ng',
      'token_malformed',
      `The token is not a JWT. If Auth0 issued it, the request of the client carried no audience and no resource, or ${profile}.`,
    ],
    [
      'a token of an API with a shared secret',
      () => auth0.mint({ forge: 'hmac' }),
      'signature_invalid',
      'The token claims to be signed with HS256. If Auth0 issued it, set the signing algorithm of the API to RS256.',
    ],
  ])('of %s', async (_, make, code, detail) => {
    expect(await verify(await make())).toEqual({ kind: 'rejection', code, detail });
    expect(reported).toEqual([detail]);
  });

  it('once a minute, however often somebody sends such a token, and whatever the log does', async () => {
    const said: string[] = [];
    const report = (message: string) => {
      said.push(message);
      throw new Error('The disk is full.');
    };
    const trusted = provider({ report });
    const context = { resource, now: 1_000, signal: AbortSignal.timeout(5000) };
    for (const value of ['opaque', 'and-another']) {
      const refused = await trusted.verify({ scheme: 'Bearer', value }, context);
      expect(refused).toMatchObject({ code: 'token_malformed' });
    }
    expect(said).toHaveLength(1);
  });

  it('that keys could not be fetched', async () => {
    const token = await auth0.mint();
    auth0.breakWith('html', 'keys');
    await expect(verify(token)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    expect(reported).toEqual(['The key set of the issuer answered with no JSON.']);
  });

  it('of a token under another domain of the tenant', async () => {
    const token = await auth0.mint({ claims: { iss: 'https://tenant.eu.auth0.com/' } });
    const detail = `The tenant issued the token under another of its domains than "${auth0.issuer}". Add that domain to "issuer", with the slash at the end.`;
    expect(await verify(token)).toEqual({ kind: 'rejection', code: 'issuer_unknown', detail });
  });

  it('of an API that differs in the slash, in both directions: both strings', async () => {
    const token = await auth0.mint();
    const slashed = await verify(token, {}, `${resource}/`);
    expect(slashed).toMatchObject({
      code: 'audience_mismatch',
      detail: `The token is for the API "${resource}", and this resource is "${resource}/": they differ in the slash at the end. Create an API whose identifier is "${resource}/", byte for byte, or add "${resource}" to "audience".`,
    });
    // The other claim makes the payload one of base64url, which base64 cannot read.
    const claims = { aud: [`${resource}/`], note: '>>>>????~~~~' };
    const bare = await verify(await auth0.mint({ claims }));
    expect(bare).toMatchObject({
      detail: `The token is for the API "${resource}/", and this resource is "${resource}": they differ in the slash at the end. Create an API whose identifier is "${resource}", byte for byte, or add "${resource}/" to "audience".`,
    });
  });

  it('never a claim’s value, and nothing of tokens that are refused for what they are', async () => {
    const secret = 'https://internal.example.com/secret-api';
    const other = await verify(await auth0.mint({ claims: { aud: secret } }));
    expect(JSON.stringify([other, reported])).not.toContain('secret-api');
    reported = [];
    for (const claims of [{ exp: 1 }, { aud: undefined }, { sub: undefined }]) {
      expect(await verify(await auth0.mint({ claims }))).toMatchObject({ kind: 'rejection' });
    }
    expect(await verify(await auth0.mint({ signedBy: 'stranger' }))).toMatchObject({
      detail: 'The signature does not hold.',
    });
    expect(await verify('x'.repeat(100_000))).toMatchObject({ detail: 'The token is too long.' });
    expect(await verify('a.b.c')).toMatchObject({
      detail: 'The token is not canonical base64url.',
    });
    expect(reported).toEqual([]);
  });
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
