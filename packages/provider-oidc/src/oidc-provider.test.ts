import type { AuthError, ConfigurationError, Principal, Rejection } from '@portcullis/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { OidcProviderOptions } from './oidc-options.js';
import { type OidcProvider, oidcProvider } from './oidc-provider.js';
import { createFakeOidc, type FakeOidcOptions } from './testing/index.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options?: FakeOidcOptions) {
  const fake = await createFakeOidc(options);
  closing.push(fake.close);
  return fake;
}

const resource = 'https://mcp.example.com/mcp';
const verify = (provider: OidcProvider, value: string) =>
  provider.verify(
    { scheme: 'Bearer', value },
    { resource, now: Math.floor(Date.now() / 1000), signal: AbortSignal.timeout(10_000) },
  );
const code = (answer: Principal | Rejection) =>
  answer.kind === 'rejection' ? answer.code : 'accepted';
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => error as AuthError,
  );

describe('several spellings of one issuer', () => {
  it('are accepted, and share the keys of the first', async () => {
    const fake = await start();
    const other = 'https://old-name.example.com';
    const provider = oidcProvider({ issuer: [fake.issuer, other] });
    expect(code(await verify(provider, await fake.mint()))).toBe('accepted');
    const old = await verify(provider, await fake.mint({ claims: { iss: other } }));
    expect(old).toMatchObject({ kind: 'principal', issuer: other });
    const slash = await fake.mint({ claims: { iss: `${fake.issuer}/` } });
    expect(code(await verify(provider, slash))).toBe('issuer_unknown');
    expect(provider.authorizationServers).toEqual([fake.issuer, other]);
  });

  it('may be no URL where the keys and a server to publish are given', async () => {
    const fake = await start();
    const provider = oidcProvider({
      issuer: 'stytch.com/project-1',
      jwksUri: fake.jwksUri,
      authorizationServers: [fake.issuer],
    });
    await provider.ready();
    const token = await fake.mint({ claims: { iss: 'stytch.com/project-1' } });
    expect(await verify(provider, token)).toMatchObject({ issuer: 'stytch.com/project-1' });
    expect(fake.count('metadata')).toBe(0);
  });
});

describe('a template with tenants', () => {
  const template = 'https://login.example.com/{tenantid}/v2.0';
  const of = (tenant: string) => `https://login.example.com/${tenant}/v2.0`;

  async function setUp(tenants: readonly string[]) {
    const fake = await start({ issuer: template, path: '/common' });
    const provider = oidcProvider({
      issuer: template,
      tenants,
      metadataUrl: 'https://login.example.com/common/.well-known/openid-configuration',
      fetch: fake.fetch,
    });
    const mint = (tenant: string, tid: unknown = tenant) =>
      fake.mint({ claims: { iss: of(tenant), tid } });
    return { provider, mint };
  }

  it('trusts metadata that bears the template itself, and the tenants on the list', async () => {
    const { provider, mint } = await setUp(['a', 'b']);
    await provider.ready();
    expect(await verify(provider, await mint('a'))).toMatchObject({ issuer: of('a'), tenant: 'a' });
    expect(await verify(provider, await mint('b'))).toMatchObject({ issuer: of('b'), tenant: 'b' });
    expect(provider.authorizationServers).toEqual([of('a'), of('b')]);
  });

  it('refuses tenants that are not on it, and the template itself (ATK-43)', async () => {
    const { provider, mint } = await setUp(['a']);
    for (const tenant of ['c', 'A', '{tenantid}', 'a/..', '']) {
      expect(code(await verify(provider, await mint(tenant)))).toBe('issuer_unknown');
    }
  });

  it('refuses a token whose "tid" is another tenant than its issuer’s', async () => {
    const { provider, mint } = await setUp(['a', 'b']);
    for (const tid of ['b', null, ['a'], 7]) {
      expect(code(await verify(provider, await mint('a', tid)))).toBe('claims_invalid');
    }
  });
});

describe('a template with one tenant', () => {
  it('needs no metadata of all tenants: the tenant’s own is found by its issuer', async () => {
    const fake = await start({ path: '/a/v2.0' });
    const issuer = `${fake.origin}/{tenantid}/v2.0`;
    const provider = oidcProvider({ issuer, tenants: ['a'] });
    await provider.ready();
    const token = await fake.mint({ claims: { tid: 'a' } });
    expect(await verify(provider, token)).toMatchObject({ issuer: fake.issuer, tenant: 'a' });
  });
});

describe('a token without a key id', () => {
  it('is accepted where that is asked for and one key fits', async () => {
    const fake = await start();
    const token = await fake.mint({ header: { kid: undefined } });
    const { issuer } = fake;
    expect(code(await verify(oidcProvider({ issuer }), token))).toBe('signature_invalid');
    const lenient = oidcProvider({ issuer, keyId: 'optional' });
    expect(code(await verify(lenient, token))).toBe('accepted');
  });
});

describe('ready', () => {
  it('has the keys at hand for the first token', async () => {
    const fake = await start();
    const provider = oidcProvider({ issuer: fake.issuer });
    await provider.ready();
    expect(provider.status()).toMatchObject([{ keys: 1, age: 0, ignored: [] }]);
    const before = fake.count('keys');
    expect(code(await verify(provider, await fake.mint()))).toBe('accepted');
    expect(fake.count('keys')).toBe(before);
  });

  it('stops the start where the metadata names another issuer; a token gets an outage', async () => {
    const fake = await start();
    fake.misname('https://other.example.com');
    const reports: string[] = [];
    const report = (message: string) => reports.push(message);
    const provider = oidcProvider({ issuer: fake.issuer, retryAfter: 0, report });
    const error = (await failure(provider.ready())) as ConfigurationError;
    expect(error.code).toBe('CONFIGURATION_INVALID');
    expect(error.message).toBe(
      '"issuer" is not what the metadata calls the issuer. Copy "issuer" from the metadata, character by character.',
    );
    expect((await failure(verify(provider, await fake.mint()))).code).toBe('PROVIDER_UNAVAILABLE');
    expect(reports).toEqual(['The metadata names another issuer.']);
    fake.repair();
    await provider.ready();
    expect(code(await verify(provider, await fake.mint()))).toBe('accepted');
  });

  it('stops the start where introspection is set up and the issuer has none', async () => {
    const issuer = 'https://login.example.com';
    const document = { issuer, jwks_uri: `${issuer}/jwks` };
    const introspection = { clientId: 'resource', clientSecret: 'secret' };
    const fetch = async () => Response.json(document);
    const error = await failure(oidcProvider({ issuer, introspection, fetch }).ready());
    expect(error.message).toBe(
      '"introspection.endpoint" is missing, and the metadata has none that uses HTTPS. Pass the URL from the issuer’s manual.',
    );
  });

  it.each([
    ['its name', { metadataUrl: 'https://login.example.com/metadata' }, 'issuer'],
    [
      'an endpoint',
      { introspection: { clientId: 'a', clientSecret: 'b' } },
      'introspection.endpoint',
    ],
  ])('looks at metadata for %s even where the keys are known', async (what, more, option) => {
    const fake = await start();
    const issuer = 'https://login.example.com';
    const document = { issuer: what === 'its name' ? 'https://other.example.com' : issuer };
    const provider = oidcProvider({
      issuer,
      jwksUri: fake.jwksUri,
      fetch: async (url, init) =>
        url === fake.jwksUri ? fetch(url, init) : Response.json(document),
      ...more,
    });
    const error = (await failure(provider.ready())) as ConfigurationError;
    expect(error.problems.map((problem) => problem.option)).toEqual([option]);
  });

  it('is an outage where there are no keys, and no introspection to do without', async () => {
    const issuer = 'https://login.example.com';
    const provider = oidcProvider({ issuer, fetch: async () => Response.json({ issuer }) });
    expect((await failure(provider.ready())).code).toBe('PROVIDER_UNAVAILABLE');
  });

  it('asks for no keys where there are none and introspection is set up', async () => {
    const issuer = 'https://login.example.com';
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return Response.json({ issuer, introspection_endpoint: `${issuer}/introspect` });
    };
    const introspection = { clientId: 'resource', clientSecret: 'secret' };
    await oidcProvider({ issuer, introspection, fetch }).ready();
    expect(asked).toEqual([`${issuer}/.well-known/oauth-authorization-server`]);
  });

  it('is an outage where the issuer cannot be asked', async () => {
    const fake = await start();
    fake.breakWith('hang');
    const provider = oidcProvider({ issuer: fake.issuer, timeoutMs: 100, retryAfter: 3 });
    const error = await failure(provider.ready());
    expect(error).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryAfter: 3 });
    expect((await failure(provider.ready(AbortSignal.abort()))).code).toBe('PROVIDER_UNAVAILABLE');
  });
});

describe('the audience', () => {
  it('may be a claim of which some values are for us, for tokens without "aud"', async () => {
    const fake = await start();
    const audience = { claim: 'client_id', oneOf: ['ours'] };
    const provider = oidcProvider({ issuer: fake.issuer, audience });
    const mint = (clientId: string, aud?: string) =>
      fake.mint({ claims: { client_id: clientId, aud } });
    expect(code(await verify(provider, await mint('ours')))).toBe('accepted');
    expect(code(await verify(provider, await mint('theirs')))).toBe('audience_mismatch');
    expect(code(await verify(provider, await mint('ours', 'https://other.example.com')))).toBe(
      'audience_mismatch',
    );
  });

  it('that is another one is explained to the operator once a minute, and so are other mistakes', async () => {
    const fake = await start();
    const reports: string[] = [];
    const report = (message: string) => reports.push(message);
    const provider = oidcProvider({ issuer: fake.issuer, report });
    for (const aud of ['https://a.example.com', 'https://b.example.com']) {
      await verify(provider, await fake.mint({ claims: { aud } }));
    }
    await verify(provider, 'some-opaque-token');
    await verify(provider, await fake.mint({ header: { typ: 'JWT' } }));
    await verify(provider, await fake.mint({ claims: { exp: 1 } }));
    await verify(provider, await fake.mint({ claims: { iss: `${fake.issuer}/` } }));
    await verify(provider, await fake.mint({ claims: { scope: 'a  b' } }));
    expect(reports).toEqual([
      'A token of the issuer names another audience. Let the issuer put the URI of this resource into "aud", or set "audience".',
      'A token came that is no JWT. Issuers hand out such tokens where no "resource" was asked for; "introspection" can ask about them.',
      'A token was refused. The "typ" header is not at+jwt. Where access tokens of the issuer are like that, set "typ" and the options that name claims to fit them.',
      'A token that the issuer vouches for has another "iss". Copy "issuer" from "iss", character by character; for Entra ID look at "version" too.',
      'A token was refused. The scopes of the token are malformed. Where access tokens of the issuer are like that, set "typ" and the options that name claims to fit them.',
    ]);
  });
});

describe('grants that are not scopes', () => {
  it('are mapped by the operator’s table, and told to the gate', async () => {
    const fake = await start();
    const grants: OidcProviderOptions['grants'] = {
      scopePrefix: 'finance/',
      roleClaims: [['realm_access', 'roles'], 'groups'],
      roles: { trader: ['mcp:exec:orders:*'], analysts: ['mcp:tools:quote'] },
    };
    const provider = oidcProvider({ issuer: fake.issuer, grants });
    expect(provider.assignedScopes?.(fake.issuer)).toEqual([
      'mcp:exec:orders:*',
      'mcp:tools:quote',
    ]);
    const claims = { realm_access: { roles: ['trader', 'other'] }, groups: ['analysts'] };
    const token = await fake.mint({ claims, scopes: ['finance/mcp:tools:weather', 'openid'] });
    expect(await verify(provider, token)).toMatchObject({
      scopes: ['mcp:tools:weather', 'openid', 'mcp:exec:orders:*', 'mcp:tools:quote'],
      mapped: [
        {
          by: 'prefix',
          claim: 'scope',
          value: 'finance/mcp:tools:weather',
          scopes: ['mcp:tools:weather'],
        },
        { by: 'role', claim: 'realm_access.roles', value: 'trader', scopes: ['mcp:exec:orders:*'] },
        { by: 'role', claim: 'groups', value: 'analysts', scopes: ['mcp:tools:quote'] },
      ],
    });
    const odd = await fake.mint({ claims: { groups: { analysts: true } } });
    expect(code(await verify(provider, odd))).toBe('claims_invalid');
  });
});
